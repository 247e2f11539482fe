// Lists of products in the back office: all of them, and what runs out.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "storefrontd/cards.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/product_editor.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr FieldName kListFields[] = {{"q", "q"}};
constexpr const char* kListLimit = "50";

Json row_of(const api::Product& product) {
    const auto& stock = product.stock;
    return {{"name", product.name},
            {"sku", product.sku},
            {"href", editor_href(product.id)},
            {"picture", picture_of(product, 240)},
            {"price", price_text(product.price)},
            {"category", product.category},
            {"stock", stock ? number_text(stock->available) : "–"},
            {"is_out", is_sold_out(product)},
            {"is_low", is_low(product)}};
}

Fields::Pairs list_query(const Fields& query) {
    Fields::Pairs out = {{"limit", kListLimit}};
    for (const auto* name : {"q", "category", "sort", "cursor"})
        if (const std::string value = typed(query, name); !value.empty())
            out.emplace_back(name, value);
    if (query.get("in_stock") == "1") out.emplace_back("in_stock", "true");
    if (query.get("in_stock") == "0") out.emplace_back("in_stock", "false");
    return out;
}

Json list_model(Visit& visit) {
    const auto& query = visit.query();
    Json categories = Json::array();
    for (const auto& category : *visit.desk().categories.list())
        categories.push_back(
            {{"name", category.name}, {"is_current", category.name == query.get("category")}});
    return {{"q", typed(query, "q")},
            {"categories", std::move(categories)},
            {"stocks", select_of({{"", "All"}, {"1", "Available"}, {"0", "None left"}},
                                 query.get("in_stock"))},
            {"sorts", select_of({{"number", "Number"},
                                 {"-number", "Newest first"},
                                 {"name", "Name"},
                                 {"-name", "Name, from Z"},
                                 {"price", "Price, low to high"},
                                 {"-price", "Price, high to low"}},
                                query.has("sort") ? query.get("sort") : "number")},
            {"products", Json::array()},
            {"has_products", false},
            {"can_create", visit.may(scope::kProductsWrite)}};
}

Result<Reply> products(Visit& visit, Call&) {
    SHOP_CHECK(need_any(visit, {scope::kProductsWrite, scope::kStockWrite}));
    const auto& query = visit.query();
    Json model = list_model(visit);
    auto page = visit.call<api::ProductPage>(catalogue_needs(), "product_list", {},
                                             {.query = list_query(query)});
    if (!page) {
        if (!is_about_form(page.error())) return tl::make_unexpected(page.error());
        tell(model, page.error(), kListFields);
        return visit.page("admin_products", "Products", std::move(model), 400);
    }
    for (const auto& product : page->items) model["products"].push_back(row_of(product));
    model["has_products"] = !page->items.empty();
    if (!page->next_cursor && !query.has("cursor"))
        model["count_text"] = count_text(std::ssize(page->items), "product", "products");
    Address here("/admin/products");
    for (const auto* name : {"q", "category", "in_stock", "sort"})
        here.with(name, typed(query, name));
    model["pager"] = pager_of(here, query.get("cursor"), page->next_cursor);
    return visit.page("admin_products", "Products", std::move(model));
}

Json stock_row(const api::Product& product) {
    Json row = row_of(product);
    const auto level = product.stock.value_or(api::StockLevel{});
    row.update({{"on_hand", number_text(level.on_hand)},
                {"reserved", number_text(level.reserved)},
                {"available", number_text(level.available)},
                {"stock_action", editor_href(product.id) + "/stock"},
                {"field_id", "delivery-" + product.id}});
    return row;
}

Result<Reply> stock(Visit& visit, Call&) {
    SHOP_CHECK(need_any(visit, {scope::kProductsWrite, scope::kStockWrite}));
    const auto& query = visit.query();
    const std::string threshold = query.has("threshold") ? typed(query, "threshold") : "5";
    Json model = {{"threshold", threshold},
                  {"products", Json::array()},
                  {"has_products", false},
                  {"can_stock", visit.may(scope::kStockWrite)},
                  {"key", new_key()}};
    Fields::Pairs wanted = {{"limit", kListLimit}, {"stock_max", threshold}};
    if (query.has("cursor")) wanted.emplace_back("cursor", query.get("cursor"));
    constexpr FieldName kFields[] = {{"stock_max", "threshold"}};
    auto page = visit.call<api::ProductPage>(catalogue_needs(), "product_list", {},
                                             {.query = std::move(wanted)});
    if (!page) {
        if (!is_about_form(page.error())) return tl::make_unexpected(page.error());
        tell(model, page.error(), kFields);
        return visit.page("admin_stock", "What runs out", std::move(model), 400);
    }
    std::ranges::stable_sort(page->items, {}, [](const api::Product& product) {
        return product.stock ? product.stock->available : 0;
    });
    for (const auto& product : page->items) model["products"].push_back(stock_row(product));
    model["has_products"] = !page->items.empty();
    model["pager"] = pager_of(Address("/admin/stock").with("threshold", typed(query, "threshold")),
                              query.get("cursor"), page->next_cursor);
    return visit.page("admin_stock", "What runs out", std::move(model));
}

constexpr PageRow kPages[] = {{"admin_products", scope::kSignedIn, products},
                              {"admin_stock", scope::kSignedIn, stock}};

}  // namespace

std::span<const PageRow> admin_stock_pages() { return kPages; }

}  // namespace shop::storefront
