#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command product_picture_delete() {
    return {"product picture delete", "Take a product's picture away", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("product", *ref, "Id, slug, SKU or number").required();
                return [ref](Shell& shell) -> Result<int> {
                    const auto& products = api::products_service();
                    SHOP_TRY(found, shell.call(products, "product_get", {*ref}));
                    SHOP_CHECK(shell.confirm("Delete the picture of " + found.value("name", "") +
                                             "? This can't be undone."));
                    SHOP_TRY(left, shell.call(products, "product_picture_delete", {*ref}));
                    return shell.print(left, product_view());
                };
            }};
}

}  // namespace shop::cli
