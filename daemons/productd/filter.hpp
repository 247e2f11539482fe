// What a list leaves out.
//
// Thread safety: a Filter belongs to the read that made it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "productd/store.hpp"

namespace shop::products {

class Filter {
public:
    // All three outlive the filter.
    Filter(const Tables& tables, const store::Snapshot& snapshot, const api::ProductQuery& query);

    bool passes(std::string_view id, std::string_view document) const;

private:
    struct Word {
        std::string text;     // lower case
        std::string escaped;  // as it stands inside a JSON string
    };
    bool may_hold_words(std::string_view document) const;
    bool holds_words(const api::Product& product) const;
    bool has_wanted_price(const api::Product& product) const;
    bool has_wanted_stock(std::string_view id) const;

    const Tables& tables_;
    const store::Snapshot& snapshot_;
    const api::ProductQuery& query_;
    std::vector<Word> words_;
};

}  // namespace shop::products
