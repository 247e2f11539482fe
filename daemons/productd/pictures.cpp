#include "productd/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::products {

std::string image_of(std::string_view original) {
    return sha256_hex(original).substr(0, kPictureDigits) + std::string(kPictureEnd);
}

std::string picture_name(std::string_view image, int width) {
    return fmt::format("{}-{}{}", image.substr(0, kPictureDigits), width, kPictureEnd);
}

bool has_pictures(const Tables& tables, const store::Snapshot& snapshot, std::string_view image) {
    return picture_digits(image).empty() || std::ranges::all_of(picture::kWidths, [&](int width) {
               return tables.pictures.raw(snapshot, picture_name(image, width)).has_value();
           });
}

Result<void> check_image(const Tables& tables, const store::Snapshot& snapshot,
                         const std::string& image) {
    if (has_pictures(tables, snapshot, image)) return {};
    return fail_field("/image",
                      "names a picture that this shop does not have; leave it out, and give the "
                      "product its picture afterwards");
}

Result<void> keep_pictures(const Tables& tables, events::Change& change, std::string_view image,
                           const std::vector<picture::Rendition>& renditions) {
    if (has_pictures(tables, change.tx(), image)) return {};
    for (const auto& one : renditions)
        SHOP_CHECK(tables.pictures.put(change.tx(),
                                       {picture_name(image, one.width), base64url(one.jpeg)}));
    return {};
}

void drop_unused(const Tables& tables, store::Transaction& tx, std::string_view image) {
    const auto digits = picture_digits(image);
    if (digits.empty()) return;
    bool used = false;
    tables.products.walk_equal(tx, "picture", digits, {}, false,
                               [&](std::string_view, std::string_view) {
                                   used = true;
                                   return false;
                               });
    if (used) return;
    for (const int width : picture::kWidths) tables.pictures.erase(tx, picture_name(image, width));
}

Result<std::string> picture_bytes(const Tables& tables, const store::Snapshot& snapshot,
                                  std::string_view name) {
    const auto nothing = [&] {
        return fail(Code::not_found,
                    fmt::format("there is no picture {}; the products' `image` says which there "
                                "are: \"digits.jpg\" there is \"digits-600.jpg\" here",
                                name));
    };
    // A key has at most so many bytes.
    if (name.size() > limits::kKeyBytesMax) return nothing();
    const auto picture = tables.pictures.get(snapshot, name);
    if (!picture) return nothing();
    auto bytes = from_base64url(picture->data);
    if (!bytes)
        return fail(Code::internal, fmt::format("picture {} in the store can't be read", name));
    return std::move(*bytes);
}

}  // namespace shop::products
