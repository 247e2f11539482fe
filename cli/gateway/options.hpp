// The options of the gateway's commands.
//
// Thread safety: one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "args.hpp"
#include "base/error.hpp"
#include "gateway/settings.hpp"

namespace shop::cli {

struct GatewayOptions {
    std::string data, keys_dir, key_copies, certificate, runtime_socket, services_ca,
        services_certificate;
    std::vector<std::string> users_urls, products_urls, orders_urls, storefront_urls;
    GatewaySettings settings;  // with what needs no more than its option
};

std::shared_ptr<GatewayOptions> add_gateway_options(Args& args);
// invalid_argument where something is missing; not_found where no addresses are given and no shop
// runs in the folder.
Result<GatewaySettings> settings_of(const GatewayOptions& options);

}  // namespace shop::cli
