// shop-storefrontd: the pages for shoppers and staff.
#include "storefrontd/app.hpp"
#include "storefrontd/needs.hpp"

int main(int argc, char** argv) {
    using namespace shop;
    storefront::StorefrontSettings settings;
    const runtime::DaemonSpec spec{
        .table = &api::storefront_service(),
        .settings = {{&schema::type_of<storefront::StorefrontSettings>(), &settings}},
        .make =
            [&](const runtime::DaemonContext& context) -> Result<std::unique_ptr<runtime::App>> {
            SHOP_TRY(app, storefront::StorefrontApp::open(context, settings));
            return std::move(app);
        },
        .needs = {&storefront::account_needs(), &storefront::catalogue_needs(),
                  &storefront::order_needs()}};
    return runtime::run_daemon(spec, argc, argv);
}
