
#include "all.hpp"
#include "product_options.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

Result<int> update(Shell& shell, const std::string& ref, const ProductOptions& options) {
    const auto& products = api::products_service();
    SHOP_TRY(current, shell.call(products, "product_get", {ref}));
    SHOP_TRY(body, options.body(current["price"].value("currency", "")));
    if (body.empty())
        return fail(Code::invalid_argument,
                    "Nothing to change. See: shopctl product update --help");
    SHOP_TRY(product, shell.patch(products, "product_get", "product_update", {ref}, body));
    return shell.print(product, product_view());
}

}  // namespace

Command product_update() {
    return {"product update", "Change a product", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                auto options = std::make_shared<ProductOptions>();
                args.text("product", *ref, "Id, slug, SKU or number").required();
                options->define(args, false);
                return [ref, options](Shell& shell) { return update(shell, *ref, *options); };
            }};
}

}  // namespace shop::cli
