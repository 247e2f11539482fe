#include "productd/import.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "productd/products.hpp"
#include "productd/stock.hpp"

namespace shop::schema {

template <>
const StructType& type_of<products::ImportBatch>() {
    using products::ImportBatch;
    static const StructType type{
        "ImportBatch",
        "An import whose rows are not read yet.",
        {
            field<&ImportBatch::on_duplicate>("on_duplicate",
                                              "What to do where the SKU is there already.",
                                              OneOf{{"update", "skip", "fail"}}),
            field<&ImportBatch::dry_run>("dry_run", "Only tell what would happen."),
            field<&ImportBatch::rows>("rows", "The products.", Required{},
                                      Length{1, limits::kBatchItemsMax}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::products {
namespace {

using api::ImportOutcome;
using api::Product;

constexpr std::string_view kReason = "import";

// "/price/amount: is required; /stock: must be …": pointers of the row, without its `product`.
std::string problem_of(const Error& error) {
    if (error.fields.empty()) return error.message;
    constexpr std::string_view kProduct = "/product/";
    std::string text;
    for (const auto& field : error.fields) {
        std::string_view name = field.pointer;
        if (name.starts_with(kProduct)) name.remove_prefix(kProduct.size());
        if (name.starts_with('/')) name.remove_prefix(1);
        if (!text.empty()) text += "; ";
        text += name.empty() ? field.message : fmt::format("{}: {}", name, field.message);
    }
    return text;
}

ImportItem read_row(const Json& json) {
    ImportItem item;
    auto row = schema::decode<api::ImportRow>(json);
    if (row) {
        item.line = row->line;
        item.sku = row->product.sku;
        item.row = std::move(*row);
        item.product = json.at("product");
        return item;
    }
    item.problem = problem_of(row.error());
    if (!json.is_object()) return item;
    // Line and SKU of a bad row, where they can be read, so that it can be found in the file.
    const auto line = json.find("line");
    if (line != json.end() && line->is_number_integer()) item.line = line->get<std::int64_t>();
    const auto product = json.find("product");
    if (product == json.end() || !product->is_object()) return item;
    const auto sku = product->find("sku");
    if (sku != product->end() && sku->is_string()) item.sku = sku->get<std::string>();
    return item;
}

// Everything that could fail later on is checked before the first write: a rejected row leaves
// nothing behind.
Result<void> check_stock(const Product& product, const api::ImportRow& row,
                         const api::StockLevel& level) {
    if (row.product.initial_stock)
        return fail_field("/initial_stock", "is not for imports; use the row's stock");
    if (!row.stock) return {};
    if (!product.track_stock) return fail_field("/stock", "needs track_stock to be true");
    return check_on_hand(product, level, *row.stock);
}

Result<std::string> create_row(const Tables& tables, events::Change& change,
                               const api::ImportRow& row) {
    SHOP_CHECK(check_stock(row.product, row, {}));
    SHOP_TRY(product, create(tables, change, row.product));
    if (row.stock) SHOP_CHECK(count_to(tables, change, product, *row.stock, std::string(kReason)));
    return "created";
}

Result<std::string> update_row(const Tables& tables, events::Change& change, const ImportItem& item,
                               const std::string& id) {
    const Product before = *tables.products.get(change.tx(), id);
    Product after = before;
    SHOP_CHECK(schema::merge_patch_into(schema::type_of<Product>(), item.product, &after));
    // The SKU is what they have in common, in whatever case; without a slug the address stays.
    after.sku = before.sku;
    if (after.slug.empty()) after.slug = before.slug;
    const auto level = level_of(tables, change.tx(), id).value_or(api::StockLevel{});
    SHOP_CHECK(check_stock(after, item.row, level));
    SHOP_TRY(saved, save(tables, change, before, after));
    if (!item.row.stock) return saved ? "updated" : "unchanged";
    SHOP_TRY(counted, count_to(tables, change, after, *item.row.stock, std::string(kReason)));
    return saved || counted ? "updated" : "unchanged";
}

Result<std::string> import_row(const Tables& tables, events::Change& change,
                               const std::string& on_duplicate, const ImportItem& item) {
    if (!item.problem.empty()) return fail(Code::invalid_argument, item.problem);
    const auto id = tables.products.lookup(change.tx(), "sku", sku_key(item.sku));
    if (!id) return create_row(tables, change, item.row);
    if (on_duplicate == "skip") return "skipped";
    if (on_duplicate == "fail")
        return fail(Code::already_exists, fmt::format("SKU {} is there already", item.sku));
    return update_row(tables, change, item, *id);
}

}  // namespace

std::vector<ImportItem> read_rows(const std::vector<Json>& rows) {
    std::vector<ImportItem> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(read_row(row));
    return items;
}

api::ImportResult import_rows(const Tables& tables, events::Change& change,
                              const std::string& on_duplicate,
                              const std::vector<ImportItem>& items) {
    api::ImportResult result;
    result.rows.reserve(items.size());
    for (const auto& item : items) {
        const auto outcome = import_row(tables, change, on_duplicate, item);
        result.rows.push_back({item.line, item.sku, outcome.value_or("rejected"),
                               outcome ? std::string() : problem_of(outcome.error())});
    }
    return result;
}

}  // namespace shop::products
