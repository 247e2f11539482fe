// The first page of the back office. Each block asks for itself, and says so where its service does
// not answer; the others are there all the same.
#include <fmt/format.h>

#include <algorithm>

#include "api/common.hpp"
#include "api/sales.hpp"
#include "base/text.hpp"
#include "storefrontd/cards.hpp"
#include "storefrontd/chart.hpp"
#include "storefrontd/days.hpp"
#include "storefrontd/deployment.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/product_editor.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;
using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr std::size_t kListed = 8;  // of a block's list
constexpr std::int64_t kLowMax = 5;
constexpr auto kSlow = 500ms;
constexpr std::pair<std::int64_t, const char*> kPeriods[] = {
    {7, "7 days"}, {30, "30 days"}, {90, "90 days"}, {365, "A year"}};
constexpr std::int64_t kPeriod = 30;

Json figure(const char* label, std::string value, std::string note = "", std::string href = "",
            bool is_alert = false) {
    return {{"label", label},
            {"value", std::move(value)},
            {"note", std::move(note)},
            {"href", std::move(href)},
            {"is_alert", is_alert}};
}

bool may_see_products(Visit& visit) {
    return visit.may(scope::kProductsWrite) || visit.may(scope::kStockWrite);
}

std::int64_t days_of(const Fields& query) {
    const auto days = parse_int(query.get("days"));
    const bool known = days && std::ranges::any_of(kPeriods, [&](const auto& period) {
                           return period.first == *days;
                       });
    return known ? *days : kPeriod;
}

void add_figures(const api::Sales& sales, std::int64_t days, Json& model) {
    const auto& total = sales.total;
    std::string note = count_text(total.orders, "order", "orders");
    if (sales.in_other_currencies > 0)
        note +=
            fmt::format(", without {} in other currencies", number_text(sales.in_other_currencies));
    auto& figures = model["figures"];
    figures.push_back(
        figure("Sold", price_text(total.revenue), fmt::format("{} in {} days", note, days)));
    figures.push_back(figure("Pieces", number_text(total.pieces)));
    figures.push_back(figure("To be sent", number_text(sales.to_fulfil), "",
                             "/admin/orders?state=placed", sales.to_fulfil > 0));
    figures.push_back(figure("Checkouts under way", number_text(sales.pending), "",
                             "/admin/orders?state=pending"));
}

Json sales_block(const api::Sales& sales, const std::string& summary) {
    std::vector<ChartPoint> points;
    Json rows = Json::array();
    for (const auto& day : sales.days) {
        points.push_back({short_day(day.day), day.revenue.amount, price_text(day.revenue)});
        rows.push_back({{"day", short_day(day.day)},
                        {"orders", number_text(day.orders)},
                        {"total", price_text(day.revenue)}});
    }
    const std::string& currency = sales.total.revenue.currency;
    return {{"chart", line({"Sales by day", summary, points},
                           [&](std::int64_t value) {
                               return price_text(Money{value, currency});
                           })},
            {"summary", summary},
            {"rows", std::move(rows)}};
}

Json top_block(Visit& visit, const api::Sales& sales) {
    std::vector<ChartPoint> points;
    Json rows = Json::array();
    for (const auto& product : sales.products) {
        points.push_back({product.name, product.revenue.amount, price_text(product.revenue)});
        rows.push_back(
            {{"name", product.name},
             {"href", may_see_products(visit) ? editor_href(product.product_id) : std::string()},
             {"pieces", number_text(product.pieces)},
             {"total", price_text(product.revenue)}});
    }
    const std::string most =
        points.empty() ? "Nothing was sold."
                       : fmt::format("{} comes first, with {}.", points[0].label, points[0].text);
    return {{"chart", bars({"Products by sales", most, points})}, {"rows", std::move(rows)}};
}

void add_sales(Visit& visit, Json& model) {
    if (!visit.may(scope::kOrdersRead)) return;
    const std::int64_t days = days_of(visit.query());
    Json periods = Json::array();
    for (const auto& [length, label] : kPeriods)
        periods.push_back({{"label", label},
                           {"href", fmt::format("/admin?days={}", length)},
                           {"is_current", length == days}});
    model["periods"] = std::move(periods);
    const auto sales = visit.call<api::Sales>(order_needs(), "sales_get", {},
                                              {.query = {{"days", std::to_string(days)}}});
    model["sales_down"] = !sales;
    if (!sales) return;
    add_figures(*sales, days, model);
    const std::string summary =
        fmt::format("{} in {} days, from {}.", price_text(sales->total.revenue), days,
                    count_text(sales->total.orders, "order", "orders"));
    model["sales"] = sales_block(*sales, summary);
    if (!sales->products.empty()) model["top"] = top_block(visit, *sales);
}

void add_to_fulfil(Visit& visit, Json& model) {
    model["shows_to_fulfil"] = visit.may(scope::kOrdersRead);
    model["to_fulfil"] = Json::array();
    if (!visit.may(scope::kOrdersRead)) return;
    const auto page = visit.call<api::OrderPage>(
        order_needs(), "order_list", {},
        {.query = {{"state", "placed"}, {"limit", std::to_string(kListed)}}});
    model["to_fulfil_down"] = !page;
    if (page)
        for (const auto& order : page->items)
            model["to_fulfil"].push_back(order_row(order, "/admin/orders/" + order.id));
    model["has_to_fulfil"] = !model["to_fulfil"].empty();
}

std::int64_t left_of(const api::Product& product) {
    return product.stock ? product.stock->available : 0;
}

void add_low_stock(Visit& visit, Json& model) {
    const bool may = may_see_products(visit);
    model["shows_low_stock"] = may;
    model["low_stock"] = Json::array();
    if (!may) return;
    auto page = visit.call<api::ProductPage>(
        catalogue_needs(), "product_list", {},
        {.query = {{"stock_max", std::to_string(kLowMax)}, {"limit", "50"}}});
    model["low_stock_down"] = !page;
    model["has_low_stock"] = page && !page->items.empty();
    if (!page) return;
    std::ranges::stable_sort(page->items, {}, left_of);
    for (const auto& product : page->items)
        if (model["low_stock"].size() < kListed)
            model["low_stock"].push_back({{"name", product.name},
                                          {"href", editor_href(product.id)},
                                          {"available", number_text(left_of(product))}});
    model["figures"].push_back(
        figure("Running out", fmt::format("{}{}", page->items.size(), page->next_cursor ? "+" : ""),
               fmt::format("{} pieces or fewer", kLowMax), "/admin/stock", !page->items.empty()));
}

// What of a service that answers is not well; empty where all is.
std::string trouble_in(const api::Health& health) {
    std::string out;
    for (const auto& check : health.checks)
        if (!check.ok)
            out += fmt::format("{}{}{}{}", out.empty() ? "" : "; ", check.name,
                               check.detail.empty() ? "" : ": ", check.detail);
    return shorten(out, 200);
}

Json service_row(Visit& visit, const runtime::Needs& needs, const char* label) {
    Json row = {{"name", label}, {"version", ""}, {"detail", ""}};
    const Time began = visit.desk().clock.now();
    const auto version = visit.call<api::Version>(needs, "version", {}, {.token = ""});
    const bool slow = visit.desk().clock.now() - began > kSlow;
    if (!version) {
        row.update({{"state", "down"}, {"state_label", "does not answer"}});
        return row;
    }
    row["version"] = version->version;
    row.update({{"state", slow ? "slow" : "up"}, {"state_label", slow ? "slow" : "well"}});
    const auto health =
        visit.call<api::Health>(needs, "readyz", {}, {.query = {{"verbose", "true"}}, .token = ""});
    if (!health) {
        row.update({{"state", "down"}, {"state_label", "not ready"}});
    } else if (health->status != "ok") {
        row.update({{"state", "slow"}, {"state_label", "goes on with less"}});
        row["detail"] = trouble_in(*health);
    }
    return row;
}

void add_health(Visit& visit, Json& model) {
    model["services"] = Json::array();
    model["services"].push_back(service_row(visit, account_needs(), "Accounts"));
    model["services"].push_back(service_row(visit, catalogue_needs(), "Products and stock"));
    model["services"].push_back(service_row(visit, order_needs(), "Orders"));
    const auto latest = read_deployment(visit.desk().deployment_file);
    if (!latest) return;
    model["deployment"] = {{"release", latest->release},
                           {"when", date_time_text(latest->when)},
                           {"when_iso", format_time(latest->when)},
                           {"who", latest->who},
                           {"outcome", verdict_label(latest->verdict)},
                           {"is_good", latest->verdict == "good"}};
}

Result<Reply> dashboard(Visit& visit, Call&) {
    SHOP_CHECK(need_staff(visit));
    Json model = {{"figures", Json::array()}};
    add_sales(visit, model);
    add_to_fulfil(visit, model);
    add_low_stock(visit, model);
    add_health(visit, model);
    return visit.page("admin", "Today in the shop", std::move(model));
}

constexpr PageRow kPages[] = {{"admin", scope::kSignedIn, dashboard}};

}  // namespace

std::span<const PageRow> admin_dashboard_pages() { return kPages; }

}  // namespace shop::storefront
