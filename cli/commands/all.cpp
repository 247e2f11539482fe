#include "all.hpp"

namespace shop::cli {

const std::vector<Command>& all_commands() {
    static const std::vector<Command> commands = {
        up(),
        down(),
        status(),
        login(),
        logout(),
        whoami(),
        health(),
        version(),
        context_list(),
        context_use(),
        context_set(),
        context_delete(),
        user_list(),
        user_get(),
        user_create(),
        user_update(),
        user_delete(),
        product_list(),
        product_get(),
        product_create(),
        product_update(),
        product_delete(),
        product_import(),
        product_export(),
        stock_get(),
        stock_list(),
        stock_add(),
        stock_set(),
        cart_get(),
        cart_add(),
        cart_set(),
        cart_remove(),
        cart_empty(),
        order_list(),
        order_get(),
        order_create(),
        order_cancel(),
        order_fulfil(),
        event_list(),
        explain(),
        completion(),
        man(),
    };
    return commands;
}

}  // namespace shop::cli
