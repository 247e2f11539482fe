// Lists of products: sorted, filtered, in pages.
//
// A page without filters hands stored bytes on and parses nothing. Filters read documents one by
// one, after a cheap look at their bytes: a catalogue of one box is walked in milliseconds.
//
// Thread safety: free functions; as safe as the Snapshot they get.
#pragma once

#include <string>
#include <vector>

#include "api/categories.hpp"
#include "productd/store.hpp"

namespace shop::products {

struct Page {
    std::vector<std::string> items;  // products as clients see them
    std::string next_cursor;         // empty: the last page
};

// invalid_argument at `cursor` where that is not one of this order.
Result<Page> list_products(const Tables& tables, const store::Snapshot& snapshot,
                           const api::ProductQuery& query);
// Those that `query.ref` names, in its order; unknown ones are left out. invalid_argument at `ref`
// where it names too many, or other filters stand beside it.
Result<Page> list_named(const Tables& tables, const store::Snapshot& snapshot,
                        const api::ProductQuery& query);
// By name; the first api::kCategoriesMax.
api::CategoryList list_categories(const Tables& tables, const store::Snapshot& snapshot);

}  // namespace shop::products
