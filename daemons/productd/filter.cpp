#include "productd/filter.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "productd/stock.hpp"

namespace shop::products {
namespace {

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

Filter::Filter(const Tables& tables, const store::Snapshot& snapshot,
               const api::ProductQuery& query)
    : tables_(tables), snapshot_(snapshot), query_(query) {
    if (!query.q) return;
    const std::string lower = to_lower(*query.q);
    for (const auto part : split(lower, ' ')) {
        if (part.empty()) continue;
        std::string text(part);
        const std::string quoted = dump(text);
        words_.push_back({std::move(text), quoted.substr(1, quoted.size() - 2)});
    }
}

bool Filter::passes(std::string_view id, std::string_view document) const {
    const bool needs_document =
        !words_.empty() || query_.category || query_.price_min || query_.price_max;
    if (needs_document) {
        // Most products of a search end here, without a parse.
        if (!may_hold_words(document)) return false;
        const auto product = schema::decode_stored<api::Product>(document);
        if (query_.category && product.category != *query_.category) return false;
        if (!has_wanted_price(product) || !holds_words(product)) return false;
    }
    return (!query_.in_stock && !query_.stock_max) || has_wanted_stock(id);
}

bool Filter::may_hold_words(std::string_view document) const {
    if (words_.empty()) return true;
    const std::string lower = to_lower(document);
    return std::ranges::all_of(words_,
                               [&](const Word& word) { return holds(lower, word.escaped); });
}

bool Filter::holds_words(const api::Product& product) const {
    const std::string name = to_lower(product.name);
    const std::string sku = to_lower(product.sku);
    const std::string description = to_lower(product.description);
    return std::ranges::all_of(words_, [&](const Word& word) {
        return holds(name, word.text) || holds(sku, word.text) || holds(description, word.text);
    });
}

bool Filter::has_wanted_price(const api::Product& product) const {
    const std::int64_t amount = product.price.amount;
    return (!query_.price_min || amount >= *query_.price_min) &&
           (!query_.price_max || amount <= *query_.price_max);
}

bool Filter::has_wanted_stock(std::string_view id) const {
    const auto level = level_of(tables_, snapshot_, id);
    const bool available = !level || level->available > 0;
    if (query_.in_stock && available != *query_.in_stock) return false;
    return !query_.stock_max || (level && level->available <= *query_.stock_max);
}

}  // namespace shop::products
