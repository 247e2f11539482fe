
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

Result<Json> find(Shell& shell, const std::vector<std::string>& refs) {
    if (refs.size() == 1) return shell.call(api::products_service(), "product_get", refs);
    std::string joined;
    for (const auto& ref : refs) joined += (joined.empty() ? "" : ",") + ref;
    SHOP_TRY(found, shell.list(api::products_service(), "product_list", {}, {{"ref", joined}}, 0));
    if (found.size() < refs.size())
        shell.say(std::to_string(refs.size() - found.size()) + " of them are not there.");
    return found;
}

}  // namespace

Command product_get() {
    return {"product get", "Show one product, or several", [](Args& args) -> Run {
                auto refs = std::make_shared<std::vector<std::string>>();
                args.texts("product", *refs, "Ids, slugs, SKUs or numbers").required();
                return [refs](Shell& shell) -> Result<int> {
                    SHOP_TRY(found, find(shell, *refs));
                    return shell.print(found, product_view());
                };
            }};
}

}  // namespace shop::cli
