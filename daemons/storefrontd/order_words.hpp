// Orders as the pages show them.
//
// Thread safety: free functions without shared state.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/orders.hpp"
#include "base/json.hpp"

namespace shop::storefront {

std::string state_label(std::string_view state);  // "fulfilled" -> "Sent"
// When it was placed or, where its checkout is under way, when that began.
Time placed_or_begun(const api::Order& order);
// A line of a list of orders; `href` is the order's page.
Json order_row(const api::Order& order, const std::string& href);
// The whole order: what the templates _steps and _lines want, with number, state and note.
// `href_of` leads to a line's product; an empty text: nowhere.
Json order_model(const api::Order& order,
                 const std::function<std::string(const api::Line&)>& href_of);

}  // namespace shop::storefront
