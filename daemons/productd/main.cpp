#include "productd/app.hpp"

int main(int argc, char** argv) {
    shop::products::ProductSettings settings;
    const shop::runtime::DaemonSpec spec{
        .table = &shop::api::products_service(),
        .settings = {{&shop::schema::type_of<shop::products::ProductSettings>(), &settings}},
        .make =
            [&](const shop::runtime::DaemonContext& context) {
                return shop::products::make_app(context, settings);
            },
        .needs = {&shop::runtime::users_needs()}};
    return shop::runtime::run_daemon(spec, argc, argv);
}
