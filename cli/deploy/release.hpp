// What a release of a shop is made of: for each service what runs, with what settings, what it can
// read and what it serves. Its id is the hash of that content, so that two releases of the same
// content are the same release, on whichever machine they were made.
//
// Thread safety: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

// A secret (see secrets.hpp) in the version that the release was tried with.
struct SecretVersion {
    std::string name;  // "smtp-password"
    std::int64_t version = 0;
};

// An endpoint of another service that this one calls.
struct Need {
    std::string service;   // "productd"
    std::string endpoint;  // "POST /v1/reservations"
};

// What a daemon says of itself with --describe.
struct Description {
    std::string service;  // "orderd"
    std::string version;
    std::string commit;
    std::int64_t store_format = 0;      // what it writes; a store of an older one is rewritten
    std::int64_t store_reads_from = 0;  // the oldest that it can read
    std::vector<std::string> serves;    // "GET /v1/products/{slug}"
    std::vector<Need> needs;
};

// One service in a release. The objects are in the ObjectStore by their SHA-256 in hex.
struct Part {
    Description description;
    std::string binary;    // object; with containers the image's digest, "sha256:…"
    std::string unit;      // object: the unit as the package has it; empty with containers
    std::string settings;  // object: the service's TOML file
    std::vector<SecretVersion> secrets;
};

struct Release {
    std::string id;      // see id_of()
    std::string driver;  // "systemd"
    Time made_at{};
    std::string made_by;      // user@host
    std::vector<Part> parts;  // in the order of the switch

    const Part* find(std::string_view service) const;
};

// 16 hex digits of the SHA-256 over driver and parts, not over when and by whom it was made.
std::string id_of(const Release& release);
// SHA-256 in hex, over all that makes the part: equal for parts that need no switch.
std::string fingerprint(const Part& part);

// What is different between two parts of one service, one line each, for people: "version 1.0 ->
// 1.1", "settings changed", "secret smtp-password 3 -> 4". Empty where nothing is.
std::vector<std::string> differences(const Part& from, const Part& to);

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::SecretVersion>();
template <> const StructType& type_of<cli::deploy::Need>();
template <> const StructType& type_of<cli::deploy::Description>();
template <> const StructType& type_of<cli::deploy::Part>();
template <> const StructType& type_of<cli::deploy::Release>();
// clang-format on
}  // namespace shop::schema
