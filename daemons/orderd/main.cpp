// shop-orderd: carts and orders.
#include "orderd/app.hpp"
#include "orderd/needs.hpp"
#include "runtime/daemon.hpp"

int main(int argc, char** argv) {
    const shop::runtime::DaemonSpec spec{
        .table = &shop::api::orders_service(),
        .settings = {},
        .make = shop::orders::make_app,
        .needs = {&shop::runtime::users_needs(), &shop::orders::products_needs()}};
    return shop::runtime::run_daemon(spec, argc, argv);
}
