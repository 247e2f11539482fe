#include "userd/app.hpp"

int main(int argc, char** argv) {
    shop::users::UserSettings settings;
    const shop::runtime::DaemonSpec spec{
        .table = &shop::api::users_service(),
        .settings = {{&shop::schema::type_of<shop::users::UserSettings>(), &settings}},
        .make = [&](const shop::runtime::DaemonContext& context) {
            return shop::users::make_app(context, settings);
        }};
    return shop::runtime::run_daemon(spec, argc, argv);
}
