#include "userd/app.hpp"

#include "userd/first_admin.hpp"
#include "userd/routes.hpp"
#include "userd/sessions.hpp"

namespace shop::users {
namespace {

auth::PasswordCost cost_of(const UserSettings& settings) {
    return {static_cast<std::uint64_t>(settings.password_memory_mib) * 1024 * 1024,
            static_cast<std::uint64_t>(settings.password_passes)};
}

class UserApp final : public runtime::App {
public:
    UserApp(const runtime::DaemonContext& context, const UserSettings& settings,
            std::unique_ptr<Tables> tables, std::unique_ptr<store::Store> store)
        : tables_(std::move(tables)),
          store_(std::move(store)),
          sign_in_(*store_, *tables_, context.clock, cost_of(settings)),
          parts_{*tables_, sign_in_, context.signer, context.verifier,
                 std::chrono::hours(24 * settings.session_days)},
          service_({.table = api::users_service(),
                    .version = context.version,
                    .commit = context.commit,
                    .store = *store_,
                    .layout = tables_->layout,
                    .data_dir = context.settings.data_dir,
                    .journal = tables_->journal,
                    .verifier = context.verifier,
                    .clock = context.clock,
                    .metrics = context.metrics,
                    .course_api = context.settings.course_api}) {
        bind_user_routes(service_, parts_);
        bind_session_routes(service_, parts_);
        bind_course_routes(service_, parts_);
        service_.add_store_part(runtime::collection_part(*store_, tables_->users));
        service_.add_store_part(runtime::collection_part(*store_, tables_->sessions));
        service_.set_key_resolver(
            [this, &clock = context.clock](std::string_view key) -> Result<auth::Principal> {
                Result<auth::Principal> found;
                SHOP_CHECK(store_->read([&](const store::Snapshot& snapshot) -> Result<void> {
                    found = principal_of_key(*tables_, snapshot, key, clock.now());
                    return {};
                }));
                return found;
            });
        service_.set_principal_check(
            [this, &clock = context.clock](const auth::Principal& principal) {
                return store_->read([&](const store::Snapshot& snapshot) {
                    return check_standing(*tables_, snapshot, principal, clock.now());
                });
            });
    }

    runtime::Service& service() override { return service_; }

private:
    std::unique_ptr<Tables> tables_;
    std::unique_ptr<store::Store> store_;
    SignIn sign_in_;
    Parts parts_;
    runtime::Service service_;
};

}  // namespace

Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context,
                                               const UserSettings& settings) {
    auto tables = std::make_unique<Tables>();
    SHOP_TRY(store, store::open_lmdb(
                        {.folder = context.settings.data_dir, .tables = tables->layout.tables()}));
    SHOP_CHECK(ensure_first_admin(*store, *tables, settings.first_admin_file, cost_of(settings),
                                  context.clock));
    auto app = std::make_unique<UserApp>(context, settings, std::move(tables), std::move(store));
    SHOP_CHECK(app->service().seal());
    return app;
}

}  // namespace shop::users
