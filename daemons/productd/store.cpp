#include "productd/store.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace shop::schema {

template <>
const StructType& type_of<products::Picture>() {
    using T = products::Picture;
    static const StructType type{"Picture",
                                 "One width of a product's picture.",
                                 {field<&T::name>("name", "Its file name."),
                                  field<&T::data>("data", "A JPEG in base64url.")}};
    return type;
}

}  // namespace shop::schema

namespace shop::products {
namespace {

using store::key_of;
using Keys = std::vector<std::string>;

store::Collection<api::Product> product_collection(store::Layout& layout) {
    using api::Product;
    store::Collection<Product> out(layout, "products", [](const Product& p) { return p.id; });
    out.index_by("sku", [](const Product& p) { return Keys{sku_key(p.sku)}; }, {true, "the SKU"});
    out.index_by("slug", [](const Product& p) { return Keys{p.slug}; }, {true, "the slug"});
    out.index_by("number", [](const Product& p) { return Keys{key_of(p.number)}; },
                 {true, "the number"});
    out.index_by("name", [](const Product& p) { return Keys{to_lower(p.name)}; });
    out.index_by("price", [](const Product& p) { return Keys{key_of(p.price.amount)}; });
    out.index_by("category",
                 [](const Product& p) {
                     return p.category.empty() ? Keys{}
                                               : Keys{category_key(p.category) + key_of(p.number)};
                 },
                 {true, "the number"});
    // Older than this index are only products that have no picture, and so no place in it.
    out.index_by("picture", [](const Product& p) {
        const auto digits = picture_digits(p.image);
        return digits.empty() ? Keys{} : Keys{std::string(digits)};
    });
    return out;
}

store::Collection<api::Reservation> reservation_collection(store::Layout& layout) {
    using api::Reservation;
    store::Collection<Reservation> out(layout, "reservations",
                                       [](const Reservation& r) { return r.order_id; });
    out.index_by("expiry", [](const Reservation& r) {
        if (r.state != "held") return Keys{};
        return Keys{key_of(r.expires_at.time_since_epoch().count())};
    });
    out.index_by("product", [](const Reservation& r) {
        Keys keys;
        if (r.state == "held")
            for (const auto& line : r.lines) keys.push_back(line.product_id);
        return keys;
    });
    return out;
}

}  // namespace

Tables::Tables()
    : products(product_collection(layout)),
      levels(layout.table("levels")),
      movements(layout.table("movements")),
      reservations(reservation_collection(layout)),
      pictures(layout, "pictures", [](const Picture& p) { return p.name; }),
      counters(layout.table("counters")),
      journal(layout) {}

std::string sku_key(std::string_view sku) {
    std::string key(sku);
    std::ranges::transform(key, key.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return key;
}

std::string category_key(std::string_view category) {
    // A long category is cut so that the number fits the key; who walks the index compares the
    // document's category.
    constexpr std::size_t kBytesMax = 200;
    return std::string(category.substr(0, kBytesMax)) + '\0';
}

std::string_view picture_digits(std::string_view image) {
    const bool named = image.size() == kPictureDigits + kPictureEnd.size() &&
                       image.ends_with(kPictureEnd) &&
                       image.find_first_not_of("0123456789abcdef") == kPictureDigits;
    return named ? image.substr(0, kPictureDigits) : std::string_view();
}

std::string movement_key(std::string_view product_id, std::int64_t version) {
    return std::string(product_id) + key_of(version);
}

}  // namespace shop::products
