// Products as the pages of the shop show them.
//
// Thread safety: free functions without shared state.
#pragma once

#include <span>
#include <string>

#include "api/products.hpp"
#include "base/json.hpp"

namespace shop::storefront {

// Address of a picture at least `width` pixels wide where there is one that large (240, 600, 1200);
// of a drawing where the product has no picture of its own.
std::string picture_of(const api::Product& product, int width);
std::string address_of(const api::Product& product);  // "/product/…"
std::string address_of_category(const std::string& name);
// How many may go into a cart at once: what is there, where that is counted.
std::int64_t most_of(const api::Product& product);
bool is_sold_out(const api::Product& product);
bool is_low(const api::Product& product);  // few are left, but some

// The model of the template _product_card. The first `eager` of a list are seen at once, so that a
// browser asks for their photographs before it has laid out the page.
Json card_of(const api::Product& product, bool is_eager);
Json cards_of(std::span<const api::Product> products, std::size_t eager);

}  // namespace shop::storefront
