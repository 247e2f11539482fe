// The gateway's runtime socket (HAProxy's management guide, 9.3): maintenance of the whole shop,
// requests that wait, and where a service's requests go.
//
// What is changed here lasts until HAProxy is started or reloaded.
//
// Thread safety: any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::cli::deploy {

struct GatewayServer {
    std::string backend;  // "productd"
    std::string name;     // "1"
    std::string address;  // "127.0.0.1:5002"; "unix" for a Unix socket, whose path HAProxy keeps
    std::string state;    // "ready", "drain", "maint"
    bool up = false;      // whether it gets requests: its health checks have a say as well
    std::int64_t weight = 0;
    std::int64_t sessions = 0;  // under way
};

class GatewayControl {
public:
    explicit GatewayControl(std::filesystem::path runtime_socket)
        : socket_(std::move(runtime_socket)) {}

    // One line for HAProxy; what it says. unavailable, naming the socket, where nobody answers
    // within two seconds.
    Result<std::string> ask(std::string_view command) const;
    // Those of the services.
    Result<std::vector<GatewayServer>> servers() const;
    // All of the following: not_found where the gateway has no such server, failed_precondition
    // with HAProxy's own words where it refuses.
    // Of the weight in the configuration, 0 to 100; but for 0 a share of one at least.
    Result<void> set_weight(std::string_view backend, std::string_view server,
                            std::int64_t percent) const;
    // "ready", "drain" or "maint".
    Result<void> set_state(std::string_view backend, std::string_view server,
                           std::string_view state) const;
    // With true new requests wait at the gateway, half a minute at most, then they hear 503 (see
    // the gateway's template); with false they go on within half a second, and new ones do not
    // wait. That is done once each service has a replica that takes requests, or after five
    // seconds.
    Result<void> hold(bool hold) const;
    // Every request is answered with 503, Retry-After and, for browsers, a page.
    Result<void> maintenance(bool on) const;
    // "open", "held" or "maintenance".
    Result<std::string> mode() const;

private:
    Result<std::vector<GatewayServer>> all_servers() const;
    // A command that says nothing where it is done.
    Result<void> tell(const std::string& command) const;

    std::filesystem::path socket_;
};

}  // namespace shop::cli::deploy
