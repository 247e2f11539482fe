// Products: how they are found, shown, made, changed and deleted.
//
// Thread safety: free functions; as safe as the Change or Snapshot they get.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "productd/store.hpp"

namespace shop::products {

// The id behind an id, a slug, a SKU (in any case) or a number, tried in this order. Since a SKU
// may be digits alone, "number:17" asks for the number and nothing else. not_found where nothing
// fits.
Result<std::string> find_id(const Tables& tables, const store::Snapshot& snapshot,
                            std::string_view ref);
Result<api::Product> find(const Tables& tables, const store::Snapshot& snapshot,
                          std::string_view ref);

// A product as clients see it: the stored document with the stored level spliced in as `stock`.
// Nothing is parsed: this is what shoppers read most.
std::string with_stock(const Tables& tables, const store::Snapshot& snapshot, std::string_view id,
                       std::string_view document);
struct Shown {
    std::string body;
    std::string etag;  // "<version of the product>.<version of its level>"
};
// The product must exist (an assertion).
Shown show(const Tables& tables, const store::Snapshot& snapshot, std::string_view id);

// Checks and stores a new product. already_exists at /sku or /slug; a slug that the input does not
// name is made from the name.
Result<api::Product> create(const Tables& tables, events::Change& change, api::Product input);

// Stores `after` in place of `before`, with the next version, where they differ; returns whether
// they do. Nothing is written where it fails.
Result<bool> save(const Tables& tables, events::Change& change, const api::Product& before,
                  api::Product after);
// A merge patch on the product that `ref` names. `version` is what the caller has read; 0: any.
// failed_precondition where it has changed since.
Result<std::string> update(const Tables& tables, events::Change& change, std::string_view ref,
                           std::int64_t version, const Json& patch);

// Deletes the product and its level; its ledger stays. conflict where a checkout holds pieces.
Result<void> remove(const Tables& tables, events::Change& change, std::string_view ref);

}  // namespace shop::products
