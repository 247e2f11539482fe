#include "storefrontd/order_words.hpp"

#include <fmt/format.h>

#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

void add_time(Json& model, const std::string& name, const std::optional<Time>& time) {
    model[name] = time ? date_time_text(*time) : "";
    model[name + "_iso"] = time ? format_time(*time) : "";
}

}  // namespace

std::string state_label(std::string_view state) {
    constexpr std::pair<std::string_view, const char*> kLabels[] = {{"pending", "Being placed"},
                                                                    {"placed", "Placed"},
                                                                    {"fulfilled", "Sent"},
                                                                    {"cancelled", "Cancelled"}};
    for (const auto& [name, label] : kLabels)
        if (name == state) return label;
    return std::string(state);
}

Time placed_or_begun(const api::Order& order) { return order.placed_at.value_or(order.created_at); }

Json order_row(const api::Order& order, const std::string& href) {
    std::int64_t pieces = 0;
    for (const auto& line : order.lines) pieces += line.quantity;
    Json row = {{"number", std::to_string(order.number)},
                {"href", href},
                {"username", order.username},
                {"customer_href", ""},
                {"pieces", number_text(pieces)},
                {"total", price_text(order.total)},
                {"state", order.state},
                {"state_label", state_label(order.state)}};
    add_time(row, "placed", placed_or_begun(order));
    return row;
}

Json order_model(const api::Order& order,
                 const std::function<std::string(const api::Line&)>& href_of) {
    Json lines = Json::array();
    for (const auto& line : order.lines)
        lines.push_back({{"name", line.name},
                         {"href", href_of(line)},
                         {"quantity", number_text(line.quantity)},
                         {"unit_price", price_text(line.unit_price)},
                         {"total", price_text(line.total)}});
    Json model = {{"id", order.id},
                  {"number", std::to_string(order.number)},
                  {"username", order.username},
                  {"state", order.state},
                  {"state_label", state_label(order.state)},
                  {"lines", std::move(lines)},
                  {"total", price_text(order.total)},
                  {"note", order.note},
                  {"reason", order.reason}};
    for (const auto* state : {"pending", "placed", "fulfilled", "cancelled"})
        model[fmt::format("is_{}", state)] = order.state == state;
    add_time(model, "placed", order.placed_at);
    add_time(model, "fulfilled", order.fulfilled_at);
    add_time(model, "cancelled", order.cancelled_at);
    return model;
}

}  // namespace shop::storefront
