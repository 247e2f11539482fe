#include "productd/store.hpp"

#include <algorithm>

#include "base/text.hpp"

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

std::string movement_key(std::string_view product_id, std::int64_t version) {
    return std::string(product_id) + key_of(version);
}

}  // namespace shop::products
