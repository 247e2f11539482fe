// What a gateway is made of: where it listens, which services stand behind it, what it lets
// through.
//
// Thread safety: values.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "api/endpoint.hpp"
#include "auth/signing_keys.hpp"
#include "base/limits.hpp"

namespace shop::cli {

struct GatewayService {
    const api::ServiceTable* table;
    std::vector<std::string> urls;  // one a replica: "http://…", "https://…" or "unix:/…"
};

struct GatewaySettings {
    std::vector<GatewayService> services;
    std::string listen = "*";                       // address of both listeners
    std::int64_t port = 5443;                       // TLS
    std::int64_t http_port = 5080;                  // redirects to the other one; 0: none
    std::int64_t metrics_port = 0;                  // on loopback; 0: none
    std::filesystem::path certificate;              // PEM: see key_of()
    std::filesystem::path keys_dir;                 // with userd's public keys
    std::filesystem::path key_copies;               // where the gateway's own copies of them are
    std::vector<auth::SigningKey> users_keys = {};  // these: see render_with_keys()
    std::filesystem::path runtime_socket;
    std::filesystem::path services_ca = "/etc/ssl/certs/ca-certificates.crt";  // of https:// ones
    std::filesystem::path services_certificate;  // shown to these, PEM with its key; empty: none
    std::int64_t acme_port = 0;  // where on loopback challenges of `lego` are answered; 0: nowhere
    std::string user;            // whom HAProxy becomes where root starts it; empty: nobody else
    std::int64_t hsts_days = 730;  // 0: no such header

    // Limits. An address is one of IPv4, or a /64 of IPv6, which is what one household has.
    std::int64_t connections = 2000;         // in all
    std::int64_t address_connections = 100;  // of one address
    std::int64_t address_requests = 600;     // of one address in ten seconds
    std::int64_t subject_requests = 300;     // of one user in ten seconds
    std::int64_t sign_ins = 20;              // sign-ins and registrations of one address a minute
    std::int64_t body_bytes = limits::kPictureBytesMax;
    std::int64_t service_seconds = limits::kWriteDeadline / std::chrono::seconds(1);  // to answer
};

// HAProxy takes the key from the file of that name that ends in ".key" beside a ".crt" (as `lego`
// lays them down), and else from the certificate's own file.
std::filesystem::path key_of(const std::filesystem::path& certificate);

}  // namespace shop::cli
