// The gateway of a shop on this machine: a certificate for localhost, a configuration and HAProxy,
// on loopback.
//
// Thread safety: one thread for each folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "gateway/settings.hpp"

namespace shop::cli {

// What it has in the shop's folder.
std::filesystem::path gateway_folder(const std::filesystem::path& data_dir);
// Where it reaches a service.
std::filesystem::path service_socket(const std::filesystem::path& data_dir,
                                     const std::string& service);
// Where it is told to drain, and hands its listeners over to the next one.
std::filesystem::path gateway_socket(const std::filesystem::path& data_dir);
// Settings of such a gateway. Browsers are not told to come with TLS alone: localhost is more than
// this shop.
GatewaySettings local_gateway(const std::filesystem::path& data_dir,
                              std::vector<GatewayService> services);

// The command that runs it, in the foreground. userd's public key has to be there; a certificate
// that is missing or ends soon is made. failed_precondition where HAProxy is not installed or does
// not take the configuration.
Result<std::vector<std::string>> prepare_gateway(const std::filesystem::path& data_dir,
                                                 std::vector<GatewayService> services,
                                                 std::int64_t port, Time now);

}  // namespace shop::cli
