// Imports: a batch of products by SKU in one transaction. A bad row is told and left out; it does
// not take the others with it.
//
// Thread safety: free functions; as safe as the Change they get.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "productd/store.hpp"

namespace shop::products {

// An api::ImportRequest whose rows are not read yet: read at once, one bad row would refuse all.
struct ImportBatch {
    std::string on_duplicate = "update";
    bool dry_run = false;
    std::vector<Json> rows;
};

// One row after reading: what it says, or what is wrong with it.
struct ImportItem {
    std::int64_t line = 0;
    std::string sku;
    std::string problem;  // empty: `row` is good
    Json product;         // as it came: its members and no others are set on update
    api::ImportRow row;
};
std::vector<ImportItem> read_rows(const std::vector<Json>& rows);

// The outcomes, one an item. Rows that change nothing write nothing.
api::ImportResult import_rows(const Tables& tables, events::Change& change,
                              const std::string& on_duplicate,
                              const std::vector<ImportItem>& items);

}  // namespace shop::products

namespace shop::schema {
template <>
const StructType& type_of<products::ImportBatch>();
}
