// Orders in the back office.
#include <fmt/format.h>

#include "base/text.hpp"
#include "storefrontd/days.hpp"
#include "storefrontd/form_errors.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/line_products.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/product_editor.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr FieldName kListFields[] = {
    {"q", "q"}, {"state", "state"}, {"since", "since"}, {"until", "until"}};
constexpr FieldName kCancelFields[] = {{"reason", "reason"}};

std::string office_href(const api::Order& order) { return "/admin/orders/" + order.id; }

std::string customer_href(Visit& visit, const api::Order& order) {
    return visit.may(scope::kUsersRead) ? "/admin/customers/" + order.user_id : "";
}

Result<Fields::Pairs> list_query(const Fields& query) {
    Fields::Pairs out = {{"limit", "50"}};
    for (const auto* name : {"q", "state", "cursor"})
        if (const std::string value = typed(query, name); !value.empty())
            out.emplace_back(name, value);
    const auto add_day = [&](const char* name, std::chrono::days later) -> Result<void> {
        const std::string value = typed(query, name);
        if (value.empty()) return {};
        SHOP_TRY(day, day_start(value));
        out.emplace_back(name, format_time(day + later));
        return {};
    };
    if (!add_day("since", std::chrono::days(0)))
        return fail_field("since", "must be a day like 2026-11-28");
    // The last day is one of those that are shown.
    if (!add_day("until", std::chrono::days(1)))
        return fail_field("until", "must be a day like 2026-11-28");
    return out;
}

Json list_model(const Fields& query) {
    return {{"states", select_of({{"", "All"},
                                  {"placed", "Placed: to be sent"},
                                  {"fulfilled", "Sent"},
                                  {"cancelled", "Cancelled"},
                                  {"pending", "Under way"}},
                                 query.get("state"))},
            {"q", typed(query, "q")},
            {"since", typed(query, "since")},
            {"until", typed(query, "until")},
            {"orders", Json::array()},
            {"has_orders", false}};
}

Result<Reply> orders(Visit& visit, Call&) {
    const auto& query = visit.query();
    const std::string q = typed(query, "q");
    // Whoever types a number wants that order.
    if (parse_int(q) && !query.has("cursor"))
        if (const auto one = visit.call<api::Order>(order_needs(), "order_get", {q}))
            return visit.redirect(office_href(*one));
    Json model = list_model(query);
    auto wanted = list_query(query);
    Result<api::OrderPage> page = wanted
                                      ? visit.call<api::OrderPage>(order_needs(), "order_list", {},
                                                                   {.query = *std::move(wanted)})
                                      : tl::make_unexpected(wanted.error());
    if (!page) {
        if (!is_about_form(page.error())) return tl::make_unexpected(page.error());
        tell(model, page.error(), kListFields);
        return visit.page("admin_orders", "Orders", std::move(model), 400);
    }
    for (const auto& order : page->items) {
        Json row = order_row(order, office_href(order));
        row["customer_href"] = customer_href(visit, order);
        model["orders"].push_back(std::move(row));
    }
    model["has_orders"] = !page->items.empty();
    Address here("/admin/orders");
    for (const auto* name : {"q", "state", "since", "until"}) here.with(name, typed(query, name));
    model["pager"] = pager_of(here, query.get("cursor"), page->next_cursor);
    return visit.page("admin_orders", "Orders", std::move(model));
}

Result<Json> model_of(Visit& visit, const std::string& ref) {
    SHOP_TRY(order, visit.call<api::Order>(order_needs(), "order_get", {ref}));
    const bool may = visit.may(scope::kProductsWrite) || visit.may(scope::kStockWrite);
    const auto products = products_of(visit, order.lines);
    Json shown = order_model(order, [&](const api::Line& line) {
        const bool is_there = products && find_product(*products, line.product_id) != nullptr;
        return may && is_there ? editor_href(line.product_id) : std::string();
    });
    shown["customer_href"] = customer_href(visit, order);
    const bool is_placed = order.state == "placed";
    return Json{{"order", std::move(shown)},
                {"can_fulfil", is_placed && visit.may(scope::kOrdersFulfil)},
                {"can_cancel", is_placed && visit.may(scope::kOrdersCancel)},
                {"fulfil_action", office_href(order) + "/fulfil"},
                {"cancel_action", office_href(order) + "/cancel"},
                {"key", new_key()}};
}

Result<Reply> show(Visit& visit, Json model, int status = 200) {
    const std::string title = "Order " + model["order"]["number"].get<std::string>();
    return visit.page("admin_order", title, std::move(model), status);
}

Result<Reply> order(Visit& visit, Call& call) {
    SHOP_TRY(model, model_of(visit, call.param("order")));
    return show(visit, std::move(model));
}

// The order as it is now, with what is wrong with the form.
Result<Reply> back(Visit& visit, const std::string& ref, const Error& error) {
    if (!is_about_form(error)) return tl::make_unexpected(error);
    SHOP_TRY(model, model_of(visit, ref));
    model["reason_typed"] = typed(visit.form(), "reason");
    tell(model, error, kCancelFields);
    return show(visit, std::move(model), info(error.code).http_status);
}

Result<Reply> change(Visit& visit, const std::string& ref, std::string_view id,
                     std::optional<Json> body, std::string_view said) {
    auto key = key_of(visit.form(), id);
    if (!key) return back(visit, ref, key.error());
    const auto done = visit.call<api::Order>(
        order_needs(), id, {ref}, {.body = std::move(body), .idempotency_key = *std::move(key)});
    if (!done) return back(visit, ref, done.error());
    return visit.redirect(office_href(*done), said);
}

Result<Reply> fulfil(Visit& visit, Call& call) {
    return change(visit, call.param("order"), "order_fulfil", std::nullopt, "order_fulfilled");
}

Result<Reply> cancel(Visit& visit, Call& call) {
    return change(visit, call.param("order"), "order_cancel",
                  Json{{"reason", typed(visit.form(), "reason")}}, "order_cancelled");
}

constexpr PageRow kPages[] = {{"admin_orders", scope::kOrdersRead, orders},
                              {"admin_order", scope::kOrdersRead, order},
                              {"admin_order_fulfil", scope::kOrdersFulfil, fulfil},
                              {"admin_order_cancel", scope::kOrdersCancel, cancel}};

}  // namespace

std::span<const PageRow> admin_order_pages() { return kPages; }

}  // namespace shop::storefront
