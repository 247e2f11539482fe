// The latest deployment, as `deployment_file` tells it:
//
//     {"release": "9f2c…", "when": "2026-11-28T10:56:28Z", "who": "ada", "verdict": "good"}
//
// All are texts; `verdict` is one of a deployment's history: good, rolled_back, aborted, refused,
// failed. Members that are not known are left alone.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace shop::storefront {

struct Deployment {
    std::string release;
    Time when{};
    std::string who;
    std::string verdict;
};

// Nothing where it says no such thing.
std::optional<Deployment> deployment_in(std::string_view text);
// Nothing where there is no such file, or nothing in it that can be shown.
std::optional<Deployment> read_deployment(const std::string& path);
// "rolled_back" -> "rolled back".
std::string verdict_label(std::string_view verdict);

}  // namespace shop::storefront
