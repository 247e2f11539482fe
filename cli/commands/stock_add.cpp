
#include "all.hpp"
#include "shell.hpp"
#include "stock_options.hpp"

namespace shop::cli {

Command stock_add() {
    return {"stock add", "Book pieces in, or out below zero", [](Args& args) -> Run {
                auto options =
                    std::make_shared<StockOptions>(args, "Pieces to add; below zero: to take out");
                return [options](Shell& shell) {
                    return options->book(shell, options->quantity < 0 ? "adjust" : "receive");
                };
            }};
}

}  // namespace shop::cli
