#include "storefrontd/backends.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;

// A restart of a service is waited for, as long as nobody would call it slow.
constexpr auto kRetryFor = 600ms;

Result<std::unique_ptr<http::Client>> client(const runtime::DaemonContext& context,
                                             const std::string& url,
                                             const api::ServiceTable& service,
                                             http::ClientOptions options) {
    options.tls = context.tls;
    return http::Client::make(url.empty() ? fmt::format("http://127.0.0.1:{}", service.port) : url,
                              options);
}

}  // namespace

Result<Backends> Backends::make(const runtime::DaemonContext& context,
                                const StorefrontSettings& settings) {
    const http::ClientOptions options{.deadline = limits::kCallDeadline, .retry_for = kRetryFor};
    const auto& urls = context.settings;
    SHOP_TRY(users, client(context, urls.users_url, api::users_service(), options));
    SHOP_TRY(products, client(context, urls.products_url, api::products_service(), options));
    SHOP_TRY(orders, client(context, settings.orders_url, api::orders_service(), options));
    SHOP_TRY(patient, client(context, urls.products_url, api::products_service(),
                             {.deadline = limits::kEventsWaitMax + 5s, .breaker_failures = 0}));
    auto own_token = [&signer = context.signer] { return signer.service_token(); };
    return Backends{api::ApiClient(std::move(users), {}), api::ApiClient(std::move(products), {}),
                    api::ApiClient(std::move(orders), {}),
                    api::ApiClient(std::move(patient), own_token)};
}

const api::ApiClient& Backends::of(const api::ServiceTable& service) const {
    if (&service == &api::users_service()) return users;
    return &service == &api::products_service() ? products : orders;
}

}  // namespace shop::storefront
