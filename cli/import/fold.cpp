#include "import/fold.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/money.hpp"
#include "base/text.hpp"

namespace shop::cli {
namespace {

const std::size_t kSku = column_index("sku");
const std::size_t kName = column_index("name");
const std::size_t kDescription = column_index("description");
const std::size_t kPrice = column_index("price");
const std::size_t kCurrency = column_index("currency");
const std::size_t kStock = column_index("stock");

// Outer blanks go, inner runs become one. A description keeps its line breaks.
std::string tidy(std::string_view text, bool keep_lines = false) {
    std::string out;
    for (const char c : trim(text)) {
        const bool line_end = c == '\n' && !keep_lines;
        if (c == '\r') continue;
        if (c != ' ' && c != '\t' && !line_end)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return out;
}

}  // namespace

void Fold::Votes::add(std::string_view value) {
    const auto known =
        std::ranges::find_if(values, [&](const auto& v) { return v.first == value; });
    if (known != values.end())
        ++known->second;
    else
        values.emplace_back(value, 1);
}

const std::string* Fold::Votes::winner() const {
    const auto best = std::ranges::max_element(values, {}, [](const auto& v) { return v.second; });
    return best == values.end() ? nullptr : &best->first;
}

Fold::Fold(FoldOptions options, OnReject on_reject)
    : options_(std::move(options)), on_reject_(std::move(on_reject)) {}

std::string Fold::check(Row& row) const {
    if (!row.problem.empty()) return row.problem;
    for (std::size_t column = 0; column < kColumnCount; ++column) {
        std::string& value = row.values[column];
        if (!is_utf8(value)) return "not UTF-8 text";
        value = tidy(value, column == kDescription);
    }
    if (row.values[kSku].empty()) return "no sku";
    if (row.values[kName].empty()) return "no name";
    std::string& currency = row.values[kCurrency];
    if (currency.empty()) currency = options_.currency;
    const auto price = parse_money(row.values[kPrice], currency);
    if (!price) return "price: " + price.error().message;
    if (price->amount <= 0) return "price is not above zero";
    row.values[kPrice] = std::to_string(price->amount);
    if (row.values[kStock].empty()) return "";
    const auto stock = parse_int(row.values[kStock]);
    if (!stock || *stock < 0 || *stock > limits::kStockMax)
        return "stock must be a whole number from 0 to " + std::to_string(limits::kStockMax);
    return "";
}

void Fold::take(Row& row) {
    ++rows_;
    std::string key = to_upper(tidy(row.values[kSku]));
    if (options_.skip_skus.contains(key)) {
        ++skipped_;
        return;
    }
    if (std::string reason = check(row); !reason.empty())
        return on_reject_({row.line, row.values[kSku], std::move(reason)});
    const auto [at, fresh] = by_sku_.try_emplace(std::move(key), products_.size());
    if (fresh)
        products_.push_back({row.line, row.values[kSku], "", std::vector<Votes>(kColumnCount)});
    Product& product = products_[at->second];
    if (product.sku != row.values[kSku]) product.sku = at->first;
    if (!row.values[kStock].empty()) product.stock = row.values[kStock];
    for (std::size_t column = 0; column < kColumnCount; ++column)
        if (!row.values[column].empty() && column != kSku && column != kStock)
            product.votes[column].add(row.values[column]);
}

Json Fold::import_row(std::size_t index) const {
    const Product& product = products_[index];
    Json document = {{"sku", product.sku}};
    for (const char* column : {"name", "slug", "description", "category", "image"})
        if (const auto* value = product.votes[column_index(column)].winner())
            document[column] = *value;
    document["price"] = {{"amount", parse_int(*product.votes[kPrice].winner()).value_or(0)},
                         {"currency", *product.votes[kCurrency].winner()}};
    Json row = {{"line", product.line}, {"product", std::move(document)}};
    if (!product.stock.empty()) row["stock"] = parse_int(product.stock).value_or(0);
    return row;
}

}  // namespace shop::cli
