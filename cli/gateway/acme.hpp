// How the gateway gets its certificate from an ACME authority (Let's Encrypt, where nothing else is
// said): by Debian's `lego`, whose commands, units for systemd and place in the gateway are made
// here. Nothing is run.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace shop::cli {

struct AcmeOptions {
    std::vector<std::string> domains;  // the first one names the files
    std::string email;
    std::string dns;  // lego's name of who keeps the domains' records; empty: proof over HTTP
    std::int64_t http_port = 80;    // of the gateway, without TLS; lego's own the first time
    std::int64_t acme_port = 5402;  // of lego on loopback, behind that one
    std::filesystem::path folder = "/var/lib/shop/acme";       // lego's
    std::filesystem::path place = "/usr/local/sbin";           // of the script
    std::filesystem::path environment = "/etc/shop/acme.env";  // what a DNS provider has to know
};

struct AcmeFiles {
    std::string script;   // gets the certificate, or renews it
    std::string service;  // runs that
    std::string timer;    // twice a day
    std::string render;   // the `shopctl gateway render` that uses what lego lays down
};

inline constexpr const char* kAcmeScript = "shop-certificate";
inline constexpr const char* kAcmeService = "shop-certificate.service";
inline constexpr const char* kAcmeTimer = "shop-certificate.timer";

// invalid_argument, with the option's name, for what is no domain, address, provider or plain path.
Result<AcmeFiles> acme_files(const AcmeOptions& options);

}  // namespace shop::cli
