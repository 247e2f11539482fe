// The products behind the lines of a cart or an order, as they are now.
//
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/orders.hpp"
#include "api/products.hpp"
#include "storefrontd/visit.hpp"

namespace shop::storefront {

using Products = std::map<std::string, api::Product, std::less<>>;  // by id

// Those that are gone are missing. Any error is productd's.
Result<Products> products_of(Visit& visit, const std::vector<api::Line>& lines);
// nullptr where it is not among them.
const api::Product* find_product(const Products& products, const std::string& id);
// The address of a line's product; empty where it is gone, or not known now.
std::string address_in(const Products& products, const api::Line& line);

}  // namespace shop::storefront
