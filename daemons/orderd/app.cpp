#include "orderd/app.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "orderd/catalogue_http.hpp"
#include "orderd/needs.hpp"
#include "orderd/order_check.hpp"
#include "orderd/routes.hpp"
#include "runtime/key_resolver.hpp"

namespace shop::orders {
namespace {

std::string url_of(const std::string& setting, const api::ServiceTable& service) {
    return setting.empty() ? fmt::format("http://127.0.0.1:{}", service.port) : setting;
}

// Keys of the course's API are userd's: it is asked whose they are.
Result<runtime::KeyResolver> key_resolver_for(const runtime::DaemonContext& context,
                                              api::ApiClient::TokenSource token,
                                              const runtime::Revocations& revocations) {
    SHOP_TRY(http, http::Client::make(
                       url_of(context.settings.users_url, runtime::users_needs().service()),
                       {.deadline = limits::kCallDeadline, .tls = context.tls}));
    auto users = std::make_shared<api::ApiClient>(std::move(http), std::move(token));
    auto resolve = runtime::make_key_resolver(*users, context.clock, &revocations);
    return runtime::KeyResolver([users, resolve](std::string_view key) { return resolve(key); });
}

}  // namespace

OrderApp::OrderApp(AppParts parts, std::unique_ptr<Tables> tables,
                   std::unique_ptr<store::Store> store)
    : parts_(std::move(parts)),
      tables_(std::move(tables)),
      store_(std::move(store)),
      saga_({*tables_, *store_, *parts_.catalogue, gate_, parts_.authorise, parts_.currency}),
      resumer_(saga_, parts_.clock),
      sales_({*tables_, *store_, parts_.clock, parts_.currency}),
      service_({.table = api::orders_service(),
                .version = parts_.version,
                .commit = parts_.commit,
                .store = *store_,
                .layout = tables_->layout,
                .data_dir = parts_.data_dir,
                .journal = tables_->journal,
                .verifier = parts_.verifier,
                .clock = parts_.clock,
                .metrics = parts_.metrics,
                .course_api = parts_.course_api,
                .keys_dir = parts_.keys_dir}) {}

Result<std::unique_ptr<OrderApp>> OrderApp::open(AppParts parts) {
    auto tables = std::make_unique<Tables>();
    SHOP_TRY(store, store::open_lmdb({parts.data_dir, tables->layout.tables()}));
    std::unique_ptr<OrderApp> app(
        new OrderApp(std::move(parts), std::move(tables), std::move(store)));
    bind_cart_routes(*app);
    bind_order_routes(*app);
    bind_course_routes(*app);
    app->service_.add_check([catalogue = app->parts_.catalogue] {
        const auto pong = catalogue->ping();
        return api::HealthCheck{"productd", pong.has_value(), false,
                                pong ? "" : pong.error().message};
    });
    app->keep_store();
    if (app->parts_.key_resolver) app->service_.set_key_resolver(app->parts_.key_resolver);
    if (app->parts_.revocations)
        runtime::follow_revocations(app->service_, *app->parts_.revocations);
    SHOP_CHECK(app->service_.seal());
    return app;
}

void OrderApp::start() {
    resumer_.start();
    if (parts_.revocations) parts_.revocations->start();
}

void OrderApp::stop() {
    if (parts_.revocations) parts_.revocations->stop();
    resumer_.stop();
}

// The parts of the check, and the cut of a backup.
void OrderApp::keep_store() {
    service_.add_store_part(runtime::collection_part(*store_, tables_->carts));
    service_.add_store_part(runtime::collection_part(*store_, tables_->orders));
    service_.add_store_part(runtime::collection_part(*store_, tables_->checkouts));
    Counterpart& productd = *parts_.counterpart;
    service_.add_store_part(reservations_part({*tables_, *store_, productd, gate_}));
    service_.set_around_snapshot(
        [this, &productd](const events::Origin& by, const std::string& id,
                          const std::function<Result<api::StoreSnapshot>()>& take) {
            return take_at_one_cut(gate_, productd, by, id, take);
        });
}

Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context) {
    auto token = [&signer = context.signer] { return signer.service_token(); };
    SHOP_TRY(catalogue,
             make_http_catalogue(url_of(context.settings.products_url, products_needs().service()),
                                 token, context.clock, context.tls));
    SHOP_TRY(counterpart, make_http_counterpart(
                              url_of(context.settings.products_url, products_needs().service()),
                              token, context.tls));
    SHOP_TRY(revocations, runtime::make_revocations(context));
    SHOP_TRY(key_resolver, key_resolver_for(context, token, *revocations));
    SHOP_TRY(app, OrderApp::open({.data_dir = context.settings.data_dir,
                                  .currency = context.settings.currency,
                                  .course_api = context.settings.course_api,
                                  .keys_dir = context.settings.keys_dir,
                                  .catalogue = std::move(catalogue),
                                  .counterpart = std::move(counterpart),
                                  .key_resolver = std::move(key_resolver),
                                  .revocations = std::move(revocations),
                                  .clock = context.clock,
                                  .metrics = context.metrics,
                                  .verifier = context.verifier,
                                  .version = context.version,
                                  .commit = context.commit}));
    return std::move(app);
}

}  // namespace shop::orders
