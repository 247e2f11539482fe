// One of one's orders.
#include "base/text.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/line_products.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/pages.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

std::string address_of_order(const api::Order& order) {
    return "/account/orders/" + std::to_string(order.number);
}

Result<Reply> show_order(Visit& visit, const std::string& reference, const Error* error) {
    SHOP_TRY(order, visit.call<api::Order>(order_needs(), "order_get", {reference}));
    const auto products = products_of(visit, order.lines);
    Json model = {{"order", order_model(order,
                                        [&](const api::Line& line) {
                                            return products ? address_in(*products, line)
                                                            : std::string();
                                        })},
                  {"can_cancel", order.state == "placed"},
                  {"cancel_action", address_of_order(order) + "/cancel"}};
    const std::string title = "Order " + std::to_string(order.number);
    if (!error) return visit.page("account_order", title, std::move(model));
    model["reason_typed"] = visit.form().get("reason");
    add_errors(model, *error, {"reason"});
    return come_back(visit, "account_order", title, std::move(model), *error);
}

Result<Reply> account_order(Visit& visit, Call& call) {
    return show_order(visit, call.param("order"), nullptr);
}

Result<Reply> account_order_cancel(Visit& visit, Call& call) {
    const std::string& reference = call.param("order");
    api::CallOptions options;
    options.body = Json{{"reason", trim(visit.form().get("reason"))}};
    const auto order =
        visit.call<api::Order>(order_needs(), "order_cancel", {reference}, std::move(options));
    if (order) return visit.redirect(address_of_order(*order), "order_cancelled");
    if (!is_about_form(order.error()) || order.error().code == Code::not_found)
        return tl::make_unexpected(order.error());
    return show_order(visit, reference, &order.error());
}

constexpr PageRow kPages[] = {{"account_order", scope::kOrdersOwn, account_order},
                              {"account_order_cancel", scope::kOrdersOwn, account_order_cancel}};

}  // namespace

std::span<const PageRow> account_order_pages() { return kPages; }

}  // namespace shop::storefront
