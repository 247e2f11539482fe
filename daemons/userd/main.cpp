#include "userd/app.hpp"
#include "userd/mail_setup.hpp"

int main(int argc, char** argv) {
    shop::users::UserSettings settings;
    const shop::runtime::DaemonSpec spec{
        .table = &shop::api::users_service(),
        .settings = {{&shop::schema::type_of<shop::users::UserSettings>(), &settings}},
        .make =
            [&](const shop::runtime::DaemonContext& context) {
                return shop::users::make_app(context, settings);
            },
        .check = [&] { return shop::users::check_mail(settings); }};
    return shop::runtime::run_daemon(spec, argc, argv);
}
