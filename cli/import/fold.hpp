// Folding: rows with one SKU become one product. A shop's sales lines name each product many times,
// with other spellings and prices; what most of its rows say wins, and the first of equals.
//
// A row counts where it has a SKU, a name and a price above zero; the others are rejected with a
// reason. SKUs are compared without regard to letter case and written in upper case where rows
// differ. The last stock given wins.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/json.hpp"
#include "import/rows.hpp"

namespace shop::cli {

// A row that does not go in.
struct Reject {
    std::int64_t line = 0;
    std::string sku;
    std::string reason;
};

struct FoldOptions {
    std::string currency = "GBP";               // where a row has none
    std::unordered_set<std::string> skip_skus;  // upper case
};

class Fold {
public:
    using OnReject = std::function<void(const Reject&)>;
    Fold(FoldOptions options, OnReject on_reject);

    void take(Row& row);
    std::uint64_t rows() const { return rows_; }
    std::uint64_t skipped() const { return skipped_; }
    std::size_t products() const { return products_.size(); }
    // Rows of an import request (api::ImportRow), in the order of their first lines.
    Json import_row(std::size_t index) const;

private:
    // How often each value was given, in the order of first sight.
    struct Votes {
        std::vector<std::pair<std::string, std::uint32_t>> values;
        void add(std::string_view value);
        const std::string* winner() const;
    };
    struct Product {
        std::int64_t line = 0;
        std::string sku;
        std::string stock;
        std::vector<Votes> votes;  // by column
    };

    // The reason why a row does not count; empty where it does. Tidies its values.
    std::string check(Row& row) const;

    FoldOptions options_;
    OnReject on_reject_;
    std::vector<Product> products_;
    std::unordered_map<std::string, std::size_t> by_sku_;
    std::uint64_t rows_ = 0;
    std::uint64_t skipped_ = 0;
};

}  // namespace shop::cli
