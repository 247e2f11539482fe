// Carts and orders: a table shows their lines, the structured formats the whole document.
//
// Thread safety: free function without shared state.
#pragma once

#include "output/view.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

// `title` is said above a table, and the total below it; both on stderr.
inline Result<int> print_lines(Shell& shell, const Json& document, const std::string& title) {
    const std::string& format = shell.options().output;
    if (format == "json" || format == "yaml") return shell.print(document, line_view());
    shell.say(title);
    SHOP_CHECK(shell.print(document.value("lines", Json::array()), line_view()));
    shell.say("Total: " + cell_text(document["total"]));
    return kExitDone;
}

}  // namespace shop::cli
