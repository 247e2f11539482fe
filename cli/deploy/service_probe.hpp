// One service as it runs, asked for what it says of itself.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "api/common.hpp"
#include "base/error.hpp"
#include "deploy/manifest.hpp"
#include "deploy/service_metrics.hpp"
#include "http/client.hpp"

namespace shop::cli::deploy {

class ServiceProbe {
public:
    // invalid_argument for an address of another kind than ServiceManifest.url's.
    static Result<ServiceProbe> make(const ServiceManifest& service);

    const std::string& name() const { return name_; }
    // One attempt of two seconds at most. An answer of any status is a success.
    Result<http::Response> get(std::string_view target) const;
    // /readyz with its checks; a service that is not ready is no error.
    Result<api::Health> health() const;
    Result<api::Version> version() const;
    Result<ServiceMetrics> metrics() const;

private:
    ServiceProbe(std::string name, std::unique_ptr<http::Client> client)
        : name_(std::move(name)), client_(std::move(client)) {}

    std::string name_;
    std::unique_ptr<http::Client> client_;
};

}  // namespace shop::cli::deploy
