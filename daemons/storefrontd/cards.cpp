#include "storefrontd/cards.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

constexpr std::int64_t kLow = 5;           // pieces that are "few"
constexpr std::int64_t kAtOnceMax = 1000;  // whoever wants more writes to the shop
constexpr std::size_t kHashBytes = 32;

// "<32 hex digits>.jpg": a picture that productd has.
bool is_kept_picture(std::string_view image) {
    return image.size() == kHashBytes + 4 && image.ends_with(".jpg") &&
           std::ranges::all_of(image.substr(0, kHashBytes), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace

std::string picture_of(const api::Product& product, int width) {
    if (!is_kept_picture(product.image)) return "/art/" + product.slug;
    return fmt::format("/pictures/{}-{}.jpg", product.image.substr(0, kHashBytes), width);
}

std::string address_of(const api::Product& product) { return "/product/" + product.slug; }

std::string address_of_category(const std::string& name) {
    return "/products?category=" + percent_encode(name);
}

std::int64_t most_of(const api::Product& product) {
    return product.stock ? std::clamp<std::int64_t>(product.stock->available, 0, kAtOnceMax)
                         : kAtOnceMax;
}

bool is_sold_out(const api::Product& product) {
    return product.stock && product.stock->available <= 0;
}

bool is_low(const api::Product& product) {
    return product.stock && product.stock->available > 0 && product.stock->available <= kLow;
}

Json card_of(const api::Product& product, bool is_eager) {
    return {{"name", product.name},
            {"href", address_of(product)},
            {"price", price_text(product.price)},
            {"picture", picture_of(product, 600)},
            // A drawing is a document of its own, and takes a browser a good ten ms before it shows
            // anything at all.
            {"is_eager", is_eager && is_kept_picture(product.image)},
            {"is_sold_out", is_sold_out(product)},
            {"is_low", is_low(product)},
            {"left", product.stock ? number_text(product.stock->available) : ""}};
}

Json cards_of(std::span<const api::Product> products, std::size_t eager) {
    Json cards = Json::array();
    for (const auto& product : products) cards.push_back(card_of(product, cards.size() < eager));
    return cards;
}

}  // namespace shop::storefront
