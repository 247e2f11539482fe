#include "productd/app.hpp"

#include "api/client.hpp"
#include "base/limits.hpp"
#include "productd/expiry.hpp"
#include "productd/picture_check.hpp"
#include "productd/routes.hpp"
#include "productd/stock_check.hpp"
#include "productd/store.hpp"
#include "runtime/key_resolver.hpp"

namespace shop::products {
namespace {

constexpr std::string_view kUsersUrl = "http://127.0.0.1:5001";
// A picture that is made keeps a worker for a second: half of them are for others.
constexpr std::int64_t kWorkersForTwo = 4;

Result<std::unique_ptr<http::Client>> users_http(const runtime::DaemonContext& context) {
    const std::string& given = context.settings.users_url;
    return http::Client::make(given.empty() ? kUsersUrl : given,
                              {.deadline = limits::kCallDeadline, .tls = context.tls});
}

class ProductApp final : public runtime::App {
public:
    ProductApp(const runtime::DaemonContext& context, const ProductSettings& settings,
               std::unique_ptr<Tables> tables, std::unique_ptr<store::Store> store,
               std::unique_ptr<http::Client> users,
               std::shared_ptr<runtime::Revocations> revocations)
        : tables_(std::move(tables)),
          store_(std::move(store)),
          users_(std::move(users), [&signer = context.signer] { return signer.service_token(); }),
          revocations_(std::move(revocations)),
          service_({.table = api::products_service(),
                    .version = context.version,
                    .commit = context.commit,
                    .store = *store_,
                    .layout = tables_->layout,
                    .data_dir = context.settings.data_dir,
                    .journal = tables_->journal,
                    .verifier = context.verifier,
                    .clock = context.clock,
                    .metrics = context.metrics,
                    .course_api = context.settings.course_api,
                    .keys_dir = context.settings.keys_dir}),
          renderer_({.at_once = context.settings.workers < kWorkersForTwo ? 1 : 2}),
          sweeper_(*store_, *tables_, context.clock) {
        bind_product_routes(service_, *tables_);
        bind_stock_routes(service_, *tables_);
        bind_picture_routes(service_, *tables_, renderer_);
        bind_course_routes(service_, *tables_,
                           {context.settings.currency, settings.course_open_product_creation});
        service_.add_store_part(runtime::collection_part(*store_, tables_->products));
        service_.add_store_part(runtime::collection_part(*store_, tables_->reservations));
        service_.add_store_part(levels_part(*store_, *tables_));
        service_.add_store_part(pictures_part(*store_, *tables_));
        service_.add_store_part(picture_use_part(*store_, *tables_));
        service_.set_key_resolver(
            runtime::make_key_resolver(users_, context.clock, revocations_.get()));
        runtime::follow_revocations(service_, *revocations_);
    }

    runtime::Service& service() override { return service_; }
    void start() override {
        sweeper_.start();
        revocations_->start();
    }
    void stop() override {
        revocations_->stop();
        sweeper_.stop();
    }

private:
    std::unique_ptr<Tables> tables_;
    std::unique_ptr<store::Store> store_;
    api::ApiClient users_;
    std::shared_ptr<runtime::Revocations> revocations_;
    runtime::Service service_;
    picture::Renderer renderer_;
    ExpirySweeper sweeper_;
};

}  // namespace

Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context,
                                               const ProductSettings& settings) {
    auto tables = std::make_unique<Tables>();
    SHOP_TRY(store, store::open_lmdb(
                        {.folder = context.settings.data_dir, .tables = tables->layout.tables()}));
    SHOP_TRY(users, users_http(context));
    SHOP_TRY(revocations, runtime::make_revocations(context));
    auto app = std::make_unique<ProductApp>(context, settings, std::move(tables), std::move(store),
                                            std::move(users), std::move(revocations));
    SHOP_CHECK(app->service().seal());
    return app;
}

}  // namespace shop::products
