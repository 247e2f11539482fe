// productd's data: its tables and collections, declared once.
//
// Beside the documents of products and reservations stand two plain tables: the stock level of a
// product (so that a sale rewrites 80 bytes and not the whole product), and the ledger of its
// movements.
//
// Thread safety: immutable after construction.
#pragma once

#include <string>
#include <string_view>

#include "api/products.hpp"
#include "events/change.hpp"
#include "store/collection.hpp"

namespace shop::products {

// One width of a picture.
struct Picture {
    std::string name;  // "<digits>-<width>.jpg"
    std::string data;  // a JPEG in base64url
};

struct Tables {
    Tables();
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    store::Layout layout;
    // Without `stock` and `initial_stock`. Unique: sku (by sku_key), slug, number, and category
    // with number; to sort by: name (in lower case), price (its amount). By picture: what has one.
    store::Collection<api::Product> products;
    store::Table levels;     // product id -> StockLevel; none: the stock is not tracked
    store::Table movements;  // movement_key -> StockMovement; never changed, kept for ever
    // Held ones also by expiry and by product.
    store::Collection<api::Reservation> reservations;
    store::Collection<Picture> pictures;
    store::Table counters;
    events::Journal journal;
};

// SKUs are compared without regard to case.
std::string sku_key(std::string_view sku);
// What the index keys of a category start with; the product's number follows.
std::string category_key(std::string_view category);
// The digits of an `image` that is "<digits>.jpg", so that of pictures in this store; else empty.
inline constexpr std::size_t kPictureDigits = 32;
inline constexpr std::string_view kPictureEnd = ".jpg";
std::string_view picture_digits(std::string_view image);
// `version` of the level that the movement made: it goes up with each, so it orders the ledger.
std::string movement_key(std::string_view product_id, std::int64_t version);

}  // namespace shop::products

namespace shop::schema {
template <>
const StructType& type_of<products::Picture>();
}
