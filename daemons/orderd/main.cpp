// shop-orderd: carts and orders.
#include "orderd/app.hpp"
#include "runtime/daemon.hpp"

int main(int argc, char** argv) {
    const shop::runtime::DaemonSpec spec{
        .table = &shop::api::orders_service(), .settings = {}, .make = shop::orders::make_app};
    return shop::runtime::run_daemon(spec, argc, argv);
}
