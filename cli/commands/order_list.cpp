
#include "all.hpp"
#include "list_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command order_list() {
    return {"order list", "List your orders, or everybody's as staff", [](Args& args) -> Run {
                auto options = std::make_shared<ListOptions>(args);
                options->query(args, "--state", "state",
                               "Only pending, placed, fulfilled or cancelled");
                options->query(args, "--user", "user", "Only those of this user: an id, or me");
                options->query(args, "--search", "q", "Only with this number, or part of a name");
                options->moment(args, "--since", "since", "Only from this day or moment on");
                options->moment(args, "--until", "until", "Only before this day or moment");
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(orders, options->run(shell, api::orders_service(), "order_list"));
                    return shell.print(orders, order_view());
                };
            }};
}

}  // namespace shop::cli
