// What a deployment would change, and why; a plan that is kept (`deploy plan --to FILE`) is applied
// only in the world that it was made in.
//
// Thread safety: values and free functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "deploy/driver.hpp"
#include "deploy/manifest.hpp"
#include "deploy/preflight.hpp"
#include "deploy/release.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

struct Change {
    std::string service;
    std::vector<std::string> why;  // see differences(), or "is new", or "drift: …"
};

struct Plan {
    std::string from;  // release ids; from is empty for a first deployment
    std::string to;
    std::string world;                  // see world_of()
    std::vector<Change> changes;        // in the order of the switch; empty: nothing to do
    std::vector<std::string> warnings;  // for people
    std::vector<std::string> refusals;  // what keeps it from being applied; for people
};

// Hash of what a plan depends on: the current release and the drift of the host.
std::string world_of(const std::string& current_release, const std::vector<std::string>& drift);

// What differs on the host from what the release says, by service, in the order of its parts.
Result<std::vector<Change>> drift_of(const Manifest& manifest, const Release& release,
                                     Driver& driver);
// The same, a line each: "orderd: the unit was changed".
std::vector<std::string> lines_of(const std::vector<Change>& changes);

// Its services' changes, their drift included, and the findings of the pre-flight.
Plan make_plan(const std::optional<Release>& current, const Release& next,
               const std::vector<Change>& drift, const std::vector<Finding>& findings);
// conflict, saying what moved, where the world is not the plan's any more.
Result<void> check_world(const Plan& plan, const std::string& current_release,
                         const std::vector<Change>& drift);

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::Change>();
template <> const StructType& type_of<cli::deploy::Plan>();
// clang-format on
}  // namespace shop::schema
