#include "storefrontd/app.hpp"

#include "base/random.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/pages.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;

constexpr auto kChoresEvery = 1s;  // so fast an owner's new template shows
constexpr int kForgetEvery = 600;  // chores

}  // namespace

struct StorefrontApp::Parts {
    explicit Parts(Backends given) : backends(std::move(given)) {}
    Backends backends;
    Tables tables;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<Sessions> sessions;
    std::unique_ptr<Theme> theme;
};

StorefrontApp::StorefrontApp(const runtime::DaemonContext& context,
                             const StorefrontSettings& settings, std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)),
      pages_(static_cast<std::size_t>(settings.pages_mib_max) * 1024 * 1024, context.clock),
      feed_(parts_->backends.patient_products, pages_),
      categories_(parts_->backends.products, context.clock),
      desk_{.backends = parts_->backends,
            .theme = *parts_->theme,
            .sessions = *parts_->sessions,
            .pages = pages_,
            .categories = categories_,
            .clock = context.clock,
            .verifier = context.verifier,
            .currency = context.settings.currency,
            .over_tls = !context.settings.tls_certificate.empty(),
            .deployment_file = settings.deployment_file,
            .token_mark = "mark-" + random_token(24)},
      service_({.table = api::storefront_service(),
                .version = context.version,
                .commit = context.commit,
                .store = *parts_->store,
                .layout = parts_->tables.layout,
                .data_dir = context.settings.data_dir,
                .journal = parts_->tables.journal,
                .verifier = context.verifier,
                .clock = context.clock,
                .metrics = context.metrics,
                .keys_dir = context.settings.keys_dir}) {}

StorefrontApp::~StorefrontApp() { stop(); }

// The shop goes on with less where one is down, so none of them is vital.
void StorefrontApp::add_checks() {
    for (const auto* needs : {&account_needs(), &catalogue_needs(), &order_needs()})
        service_.add_check([this, needs] {
            const auto pong = desk_.backends.of(needs->service()).send(needs->at("livez"), {});
            return api::HealthCheck{needs->service().name, pong.has_value(), false,
                                    pong ? "" : pong.error().message};
        });
}

Result<std::unique_ptr<StorefrontApp>> StorefrontApp::open(const runtime::DaemonContext& context,
                                                           const StorefrontSettings& settings) {
    SHOP_TRY(backends, Backends::make(context, settings));
    SHOP_TRY(theme, Theme::read(settings.theme_dir));
    auto parts = std::make_unique<Parts>(std::move(backends));
    parts->theme = std::move(theme);
    SHOP_TRY(store, store::open_lmdb({context.settings.data_dir, parts->tables.layout.tables()}));
    parts->store = std::move(store);
    SHOP_TRY(sessions, Sessions::open(*parts->store, parts->tables));
    parts->sessions = std::move(sessions);
    std::unique_ptr<StorefrontApp> app(new StorefrontApp(context, settings, std::move(parts)));
    bind_pages(app->service_, app->desk_);
    app->service_.set_error_page([desk = &app->desk_](const http::Request& request,
                                                      const Error& error, const std::string& id) {
        return error_page(*desk, request, error, id);
    });
    app->add_checks();
    SHOP_CHECK(app->service_.seal());
    return app;
}

void StorefrontApp::start() {
    feed_.start();
    chores_.start([this, round = 0](const std::stop_token&) mutable -> Millis {
        desk_.theme.look_again();
        if (round++ % kForgetEvery == 0) (void)desk_.sessions.forget_old(desk_.clock.now());
        return kChoresEvery;
    });
}

void StorefrontApp::stop() {
    chores_.stop();
    feed_.stop();
}

}  // namespace shop::storefront
