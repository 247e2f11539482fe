
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command product_delete() {
    return {"product delete", "Delete a product", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("product", *ref, "Id, slug, SKU or number").required();
                return [ref](Shell& shell) -> Result<int> {
                    const auto& products = api::products_service();
                    SHOP_TRY(found, shell.call(products, "product_get", {*ref}));
                    SHOP_CHECK(shell.confirm("Delete " + found.value("name", "") +
                                             "? This can't be undone."));
                    SHOP_CHECK(shell.call(products, "product_delete", {*ref}));
                    shell.say("Deleted " + found.value("name", "") + ".");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
