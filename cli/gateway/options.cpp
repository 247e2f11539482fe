#include "gateway/options.hpp"

#include <algorithm>

#include "commands/local_options.hpp"
#include "gateway/local.hpp"
#include "local/supervisor.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

void add_place_options(Args& args, GatewayOptions& options) {
    GatewaySettings& settings = options.settings;
    args.text("--data", options.data, "Folder of the shop; else ~/.local/share/shop");
    args.texts("--users-url", options.users_urls, "Where userd is; several: replicas");
    args.texts("--products-url", options.products_urls, "Where productd is");
    args.texts("--orders-url", options.orders_urls, "Where orderd is");
    args.texts("--storefront-url", options.storefront_urls,
               "Where storefrontd is; without it there are no pages");
    args.text("--keys-dir", options.keys_dir, "Folder with userd.pub; else keys/ of the shop");
    args.text("--key-copies", options.key_copies,
              "Where copies of userd's public keys go; else gateway/ in --keys-dir");
    args.text("--certificate", options.certificate,
              "PEM file; its key is in it, or beside a .crt in a .key of that name");
    args.text("--services-ca", options.services_ca,
              "Authorities of services with https:// addresses; else the system's");
    args.text("--services-certificate", options.services_certificate,
              "Shown to services with https:// addresses; PEM, its key as --certificate's");
    args.text("--runtime-socket", options.runtime_socket,
              "For draining and weights; else gateway/runtime.sock of the shop");
    args.text("--user", settings.user, "Whom HAProxy becomes where root starts it; a group too");
    args.text("--listen", settings.listen, "Address to listen on");
    args.integer("--port", settings.port, "For TLS", 1, 65535);
    args.integer("--http-port", settings.http_port, "Redirects to the other; 0: none", 0, 65535);
    args.integer("--acme-port", settings.acme_port,
                 "Where lego answers challenges, on loopback; 0: nowhere", 0, 65535);
    args.integer("--metrics-port", settings.metrics_port, "Prometheus' page, on loopback; 0: none",
                 0, 65535);
}

void add_limit_options(Args& args, GatewaySettings& settings) {
    args.integer("--hsts-days", settings.hsts_days,
                 "How long browsers come with TLS alone; 0: as they like", 0, 3650);
    args.integer("--connections", settings.connections, "Connections at most", 10, 1'000'000);
    args.integer("--address-connections", settings.address_connections,
                 "Connections of one address", 1, 1'000'000);
    args.integer("--address-requests", settings.address_requests, "Requests of one address in 10 s",
                 1, 100'000'000);
    args.integer("--subject-requests", settings.subject_requests, "Requests of one user in 10 s", 1,
                 100'000'000);
    args.integer("--sign-ins", settings.sign_ins,
                 "Sign-ins and registrations of one address in a minute", 1, 1'000'000);
    args.integer("--body-bytes", settings.body_bytes, "Size of a body", 1024,
                 std::int64_t{limits::kPictureBytesMax});
    args.integer("--service-seconds", settings.service_seconds, "How long a service may take", 1,
                 3600);
}

Result<std::vector<GatewayService>> services_of(const GatewayOptions& options,
                                                const fs::path& data_dir) {
    std::vector<GatewayService> services = {{&api::users_service(), options.users_urls},
                                            {&api::products_service(), options.products_urls},
                                            {&api::orders_service(), options.orders_urls}};
    const auto given =
        std::ranges::count_if(services, [](const auto& service) { return !service.urls.empty(); });
    const auto add_storefront = [&](std::vector<std::string> urls) {
        if (!urls.empty()) services.push_back({&api::storefront_service(), std::move(urls)});
    };
    if (given == std::ssize(services)) {
        add_storefront(options.storefront_urls);
        return services;
    }
    if (given > 0)
        return fail(Code::invalid_argument,
                    "Give all of --users-url, --products-url and --orders-url, or none of them "
                    "for the shop that runs on this machine.");
    SHOP_TRY(shop, running_shop(data_dir));
    for (std::size_t i = 0; i < services.size(); ++i) services[i].urls = {shop.services[i].url};
    add_storefront(options.storefront_urls);
    for (const auto& service : shop.services)
        if (service.name == api::storefront_service().name && options.storefront_urls.empty())
            add_storefront({service.url});
    return services;
}

}  // namespace

std::shared_ptr<GatewayOptions> add_gateway_options(Args& args) {
    auto options = std::make_shared<GatewayOptions>();
    add_place_options(args, *options);
    add_limit_options(args, options->settings);
    return options;
}

Result<GatewaySettings> settings_of(const GatewayOptions& options) {
    const fs::path data_dir = data_folder(options.data);
    SHOP_TRY(services, services_of(options, data_dir));
    const GatewaySettings local = local_gateway(data_dir, services);
    GatewaySettings settings = options.settings;
    settings.services = local.services;
    settings.certificate = local.certificate;
    settings.keys_dir = local.keys_dir;
    settings.runtime_socket = local.runtime_socket;
    if (!options.certificate.empty()) settings.certificate = absolute_path(options.certificate);
    if (!options.keys_dir.empty()) settings.keys_dir = absolute_path(options.keys_dir);
    settings.key_copies = options.key_copies.empty() ? settings.keys_dir / "gateway"
                                                     : absolute_path(options.key_copies);
    if (!options.runtime_socket.empty())
        settings.runtime_socket = absolute_path(options.runtime_socket);
    if (!options.services_certificate.empty())
        settings.services_certificate = absolute_path(options.services_certificate);
    if (!options.services_ca.empty()) settings.services_ca = absolute_path(options.services_ca);
    std::error_code ignored;
    if (options.certificate.empty() && !fs::exists(settings.certificate, ignored))
        return fail(Code::invalid_argument,
                    "Give the certificate with --certificate, or have one for localhost made by: "
                    "shopctl up --gateway");
    return settings;
}

}  // namespace shop::cli
