#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "all.hpp"
#include "api/sales.hpp"
#include "output/bars.hpp"
#include "output/terminal.hpp"
#include "schema/codec.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kBarCells = 30;

const View& days_view(bool with_bars) {
    static const std::vector<Column> columns = {{"DAY", "/day"},
                                                {"ORDERS", "/orders", false, true},
                                                {"PIECES", "/pieces", false, true},
                                                {"REVENUE", "/revenue", false, true}};
    static const View plain{columns, "/day"};
    static const View drawn = [] {
        View view = plain;
        view.columns.push_back({"", "/bar"});
        return view;
    }();
    return with_bars ? drawn : plain;
}

const View& products_view() {
    static const View view{{{"SKU", "/sku"},
                            {"NAME", "/name"},
                            {"PIECES", "/pieces", false, true},
                            {"REVENUE", "/revenue", false, true},
                            {"ID", "/product_id", true}},
                           "/sku"};
    return view;
}

void add_bars(const api::Sales& sales, Json& rows) {
    std::int64_t greatest = 0;
    for (const auto& day : sales.days) greatest = std::max(greatest, day.revenue.amount);
    for (Json& row : rows)
        row["bar"] = bar_text(row["revenue"]["amount"].get<std::int64_t>(), greatest, kBarCells);
}

void say_totals(const Shell& shell, const api::Sales& sales) {
    shell.say(
        fmt::format("{} orders, {} pieces, {} in all; {} wait to be fulfilled, {} checkouts "
                    "are under way.",
                    sales.total.orders, sales.total.pieces, format_money(sales.total.revenue),
                    sales.to_fulfil, sales.pending));
    if (sales.in_other_currencies > 0)
        shell.say(fmt::format("{} orders in other currencies are not counted.",
                              sales.in_other_currencies));
}

Result<int> report(Shell& shell, std::int64_t days) {
    SHOP_TRY(json, shell.call(api::orders_service(), "sales_get", {},
                              {.query = {{"days", std::to_string(days)}}}));
    const std::string& format = shell.options().output;
    if (format == "json" || format == "yaml") return shell.print(json, days_view(false));
    SHOP_TRY(sales, schema::decode<api::Sales>(json, schema::Mode::stored));
    const bool for_people = format == "table" || format == "wide";
    const bool draw = for_people && stdout_is_terminal();
    Json& rows = json["days"];
    if (draw) add_bars(sales, rows);
    SHOP_CHECK(shell.print(rows, days_view(draw)));
    if (!for_people) return kExitDone;
    if (!sales.products.empty()) {
        std::cout << "\n";
        SHOP_CHECK(shell.print(json["products"], products_view()));
    }
    say_totals(shell, sales);
    return kExitDone;
}

}  // namespace

Command order_report() {
    return {"order report", "Show what was sold, day by day", [](Args& args) -> Run {
                auto days = std::make_shared<std::int64_t>(30);
                args.integer("--days", *days, "So many days of UTC, today the last", 1,
                             api::kSalesDaysMax);
                return [days](Shell& shell) { return report(shell, *days); };
            }};
}

}  // namespace shop::cli
