#include "all.hpp"
#include "base/file.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

// Productd goes by the bytes; whoever stands between goes by this.
std::string picture_type(const std::string& file) {
    const std::string name = to_lower(file);
    for (const char* type : {"png", "webp", "gif"})
        if (name.ends_with(std::string(".") + type)) return std::string("image/") + type;
    return "image/jpeg";
}

Result<int> set_picture(Shell& shell, const std::string& ref, const std::string& file) {
    api::CallOptions options;
    SHOP_TRY(bytes, read_file(file, limits::kPictureBytesMax));
    if (bytes.empty()) return fail(Code::invalid_argument, file + " is empty.");
    options.content = std::move(bytes);
    options.content_type = picture_type(file);
    SHOP_TRY(product, shell.call(api::products_service(), "product_picture_put", {ref}, options));
    return shell.print(product, product_view());
}

}  // namespace

Command product_picture_set() {
    return {"product picture set", "Give a product a picture", [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                auto file = std::make_shared<std::string>();
                args.text("product", *ref, "Id, slug, SKU or number").required();
                args.text("file", *file, "A JPEG, PNG, WebP or GIF of at most 8 MiB").required();
                return [ref, file](Shell& shell) { return set_picture(shell, *ref, *file); };
            }};
}

}  // namespace shop::cli
