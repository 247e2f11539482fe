#include "userd/app.hpp"

#include "userd/first_admin.hpp"
#include "userd/key_rotation.hpp"
#include "userd/mail_setup.hpp"
#include "userd/routes.hpp"
#include "userd/sessions.hpp"
#include "userd/sign_in_audit.hpp"

namespace shop::users {
namespace {

auth::PasswordCost cost_of(const UserSettings& settings) {
    return {static_cast<std::uint64_t>(settings.password_memory_mib) * 1024 * 1024,
            static_cast<std::uint64_t>(settings.password_passes)};
}

class UserApp final : public runtime::App {
public:
    UserApp(const runtime::DaemonContext& context, const UserSettings& settings,
            std::unique_ptr<Tables> tables, std::unique_ptr<store::Store> store, MailSetup mail)
        : tables_(std::move(tables)),
          store_(std::move(store)),
          sign_in_(*store_, *tables_, context.clock, cost_of(settings)),
          refusals_(*store_, tables_->journal),
          letters_(std::move(mail.letters)),
          outbox_(*store_, *tables_, context.clock, context.metrics, std::move(mail.mailer)),
          parts_{*tables_,
                 sign_in_,
                 context.signer,
                 context.verifier,
                 std::chrono::hours(24 * settings.session_days),
                 refusals_,
                 letters_,
                 outbox_},
          key_rotation_(*store_, *tables_, context.signer, context.clock,
                        std::chrono::days(settings.signing_key_days)),
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
                    .course_api = context.settings.course_api,
                    .keys_dir = context.settings.keys_dir}) {
        bind_user_routes(service_, parts_);
        bind_session_routes(service_, parts_);
        bind_role_routes(service_, parts_);
        bind_api_key_routes(service_, parts_);
        bind_recovery_routes(service_, parts_);
        bind_second_factor_routes(service_, parts_);
        bind_signing_key_routes(service_, parts_);
        bind_course_routes(service_, parts_);
        service_.add_store_part(runtime::collection_part(*store_, tables_->users));
        service_.add_store_part(runtime::collection_part(*store_, tables_->sessions));
        service_.add_store_part(runtime::collection_part(*store_, tables_->second_factors));
        service_.add_store_part(runtime::collection_part(*store_, tables_->roles));
        service_.add_store_part(runtime::collection_part(*store_, tables_->mails));
        service_.add_store_part(runtime::collection_part(*store_, tables_->mail_tokens));
        service_.set_key_resolver([this, &clock = context.clock](
                                      std::string_view key) -> Result<auth::Principal> {
            auto who = principal_of_key(*tables_, *store_, key, clock.now());
            if (!who)
                note_refused_key(parts_, *store_, {.action = "api_key", .now = clock.now()}, key);
            return who;
        });
        service_.set_principal_check(
            [this, &clock = context.clock](const auth::Principal& principal) {
                return store_->read([&](const store::Snapshot& snapshot) {
                    return check_standing(*tables_, snapshot, principal, clock.now());
                });
            });
    }

    runtime::Service& service() override { return service_; }
    void start() override {
        key_rotation_.start();
        outbox_.start();
    }
    void stop() override {
        outbox_.stop();
        key_rotation_.stop();
    }

private:
    std::unique_ptr<Tables> tables_;
    std::unique_ptr<store::Store> store_;
    SignIn sign_in_;
    runtime::Refusals refusals_;
    Letters letters_;
    Outbox outbox_;
    Parts parts_;
    KeyRotation key_rotation_;
    runtime::Service service_;
};

}  // namespace

Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context,
                                               const UserSettings& settings) {
    auto tables = std::make_unique<Tables>();
    tables->staff_needs_second_factor = settings.second_factor_staff;
    auth::set_hash_callers_max(static_cast<std::size_t>(context.settings.workers * 3 / 4));
    SHOP_TRY(store, store::open_lmdb(
                        {.folder = context.settings.data_dir, .tables = tables->layout.tables()}));
    SHOP_TRY(mail, make_mail(settings, context.settings.data_dir));
    SHOP_CHECK(ensure_first_admin(*store, *tables, settings.first_admin_file, cost_of(settings),
                                  context.clock));
    auto app = std::make_unique<UserApp>(context, settings, std::move(tables), std::move(store),
                                         std::move(mail));
    SHOP_CHECK(app->service().seal());
    return app;
}

}  // namespace shop::users
