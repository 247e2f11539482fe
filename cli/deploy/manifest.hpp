// deploy.yaml: which host, how services run there, what a release is made from, and when it is good
// enough. `shopctl deploy init` writes one with a comment for each key.
//
// Thread safety: values.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

struct GateSettings {
    std::int64_t ready_seconds = 30;          // from the start until /readyz says 200
    bool purchase = true;                     // a synthetic purchase after each switch
    std::int64_t baseline_seconds = 20;       // how long the old release is looked at, before
    std::int64_t bake_seconds = 30;           // how long the new one is looked at, after
    double error_percent_max = 1;             // answers of 5xx above those of the old release
    double checkout_failure_percent_max = 1;  // orders that failed by our fault, likewise
    double latency_factor_max = 1.5;          // mean time of an answer, of the old release's
    double latency_floor_ms = 5;              // means below this are never too slow
};

struct Hook {
    std::string phase;  // "before_preflight", "after_bake", … see hooks.hpp
    std::vector<std::string> command;
    std::int64_t seconds = 60;
};

struct ServiceManifest {
    std::string name;      // "userd"
    std::string binary;    // systemd: the program; default: /usr/bin/shop-<name>
    std::string unit;      // systemd: default /usr/lib/systemd/system/shop-<name>.service
    std::string settings;  // the TOML file; default /etc/shop/<name>.toml
    std::string image;     // podman, kubernetes: "localhost/shop-userd:1.2"
    std::string url;       // where it is asked; default "unix:/run/shop/<name>.sock"
    std::int64_t canary_percent = 0;  // podman: share of requests for the candidate while it is
                                      // tried; 0: none
};

struct GatewayManifest {
    std::string runtime_socket;  // HAProxy's; empty: no gateway
};

struct Manifest {
    std::int64_t format = 1;
    std::string host = "local";              // or "ssh://root@box:22"
    std::vector<std::string> ssh = {"ssh"};  // the program for ssh:// hosts, with its options
    std::string driver = "systemd";          // "systemd", "podman", "kubernetes"
    std::string state = "/var/lib/shop-deploy";
    std::vector<ServiceManifest> services;  // in the order of the switch
    GateSettings gates;
    std::vector<Hook> hooks;
    GatewayManifest gateway;
    std::string backup_folder = "/var/backups/shop";
    std::int64_t backup_hours_max = 24;  // an older newest backup: one is taken; 0: never looked at
    std::int64_t releases_kept = 5;
};

// invalid_argument with the key and the line where something is wrong or unknown; relative paths
// are taken from the file's folder. Defaults are filled in.
Result<Manifest> read_manifest(const std::filesystem::path& file);
Result<Manifest> parse_manifest(std::string_view yaml, const std::filesystem::path& folder);
// What `deploy init` writes: every key with its default and a comment. parse_manifest() takes it.
std::string manifest_template(std::string_view driver);

}  // namespace shop::cli::deploy

// GateSettings' table is without the numbers with a fraction: see gate_decimals() of
// manifest_tables.hpp.
namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::GateSettings>();
template <> const StructType& type_of<cli::deploy::Hook>();
template <> const StructType& type_of<cli::deploy::ServiceManifest>();
template <> const StructType& type_of<cli::deploy::GatewayManifest>();
template <> const StructType& type_of<cli::deploy::Manifest>();
// clang-format on
}  // namespace shop::schema
