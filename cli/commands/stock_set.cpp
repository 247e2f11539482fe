
#include "all.hpp"
#include "shell.hpp"
#include "stock_options.hpp"

namespace shop::cli {

Command stock_set() {
    return {"stock set", "Book a count: the level that was found", [](Args& args) -> Run {
                auto options = std::make_shared<StockOptions>(args, "Pieces that are in the house");
                return [options](Shell& shell) { return options->book(shell, "count"); };
            }};
}

}  // namespace shop::cli
