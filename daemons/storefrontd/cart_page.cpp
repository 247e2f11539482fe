#include "storefrontd/cart_page.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "storefrontd/cards.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Reply;

constexpr const char* kTitle = "Your cart";
constexpr int kPictureWidth = 240;

// What keeps a line from being bought as it stands; empty where nothing does.
std::string trouble_of(const api::Line& line, const api::Product& product) {
    if (!product.stock || line.quantity <= product.stock->available) return "";
    if (is_sold_out(product)) return "This is sold out. Take it out of the cart to go on.";
    return fmt::format("Only {} left. Take fewer to go on.", number_text(product.stock->available));
}

// `products`: null while productd does not answer.
Json line_model(const api::Line& line, std::size_t index, const Products* products) {
    Json model = {{"name", line.name},
                  {"href", ""},
                  {"picture", ""},
                  {"product", line.product_id},
                  {"quantity", std::to_string(line.quantity)},
                  {"unit_price", price_text(line.unit_price)},
                  {"total", price_text(line.total)},
                  {"quantity_max", std::to_string(limits::kQuantityMax)},
                  {"field_id", fmt::format("line-{}", index + 1)},
                  {"error", ""}};
    if (!products) return model;
    const auto* product = find_product(*products, line.product_id);
    if (!product) {
        model["error"] = "This is no longer in the shop. Take it out of the cart to go on.";
        return model;
    }
    model["href"] = address_of(*product);
    model["picture"] = picture_of(*product, kPictureWidth);
    model["quantity_max"] = std::to_string(std::max(most_of(*product), line.quantity));
    model["error"] = trouble_of(line, *product);
    return model;
}

// orderd names a line by its place: "/lines/2/quantity". False where it is no line of the cart.
bool add_line_error(Json& model, const FieldError& field) {
    const auto parts = split(field.pointer, '/');
    if (parts.size() != 4 || parts[1] != "lines") return false;
    const auto index = parse_int(parts[2]);
    auto& lines = model["lines"];
    if (!index || *index < 0 || *index >= std::ssize(lines)) return false;
    if (parts[3] == "unit_price")
        model["changes"].push_back(sentence(field.message));
    else
        lines[static_cast<std::size_t>(*index)]["error"] = sentence(field.message);
    return true;
}

void add_error(const Visit& visit, Json& model, const Error& error) {
    if (is_silence(error)) {
        model["problem"] = visit.text("ordering_down");
        return;
    }
    bool of_lines = !error.fields.empty();
    for (const auto& field : error.fields) of_lines = add_line_error(model, field) && of_lines;
    if (error.fields.size() == 1 && error.fields.front().pointer == "/quantity")
        model["problem"] = sentence(error.fields.front().message, "The number of pieces");
    else if (!of_lines)
        model["problem"] = sentence(error.message);
    else
        model["problem"] =
            visit.text(error.fields.front().pointer.ends_with("unit_price") ? "cart_new_prices"
                                                                            : "cart_not_all");
}

}  // namespace

Json changed_prices(const api::Cart& cart, const Products& products) {
    Json changes = Json::array();
    for (const auto& line : cart.lines) {
        const auto* product = find_product(products, line.product_id);
        if (!product || product->price == line.unit_price) continue;
        changes.push_back(fmt::format("{} costs {} now; it was {} when you put it into the cart.",
                                      line.name, price_text(product->price),
                                      price_text(line.unit_price)));
    }
    return changes;
}

Result<Reply> show_cart(Visit& visit, const Error* error) {
    Json model = {{"has_lines", false},     {"is_guest", !visit.signed_in()},
                  {"is_down", false},       {"can_order", true},
                  {"lines", Json::array()}, {"changes", Json::array()}};
    if (!visit.signed_in()) return visit.page("cart", kTitle, std::move(model));
    const auto cart = visit.call<api::Cart>(order_needs(), "cart_get");
    if (!cart && is_silence(cart.error())) {
        model["is_down"] = true;
        return come_back(visit, "cart", kTitle, std::move(model), cart.error());
    }
    SHOP_CHECK(cart);
    const auto products = products_of(visit, cart->lines);
    for (std::size_t i = 0; i < cart->lines.size(); ++i)
        model["lines"].push_back(line_model(cart->lines[i], i, products ? &*products : nullptr));
    model["has_lines"] = !cart->lines.empty();
    model["total"] = price_text(cart->total);
    if (products) model["changes"] = changed_prices(*cart, *products);
    if (!products && !cart->lines.empty()) visit.notice("notice_catalogue_down");
    if (!error) return visit.page("cart", kTitle, std::move(model));
    add_error(visit, model, *error);
    return come_back(visit, "cart", kTitle, std::move(model), *error);
}

}  // namespace shop::storefront
