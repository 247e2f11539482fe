#include "orderd/cart.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace shop::orders {
namespace {

using api::Cart;
using api::Line;
using api::Product;

Failure quantity_conflict(std::string message) {
    Error error{Code::conflict, message, {{"/quantity", std::move(message)}}};
    return Failure(std::move(error));
}

Result<Money> total_of(std::vector<Line>& lines, const std::string& currency) {
    Money sum{0, currency};
    for (auto& line : lines) {
        SHOP_TRY(total, multiply(line.unit_price, line.quantity));
        line.total = total;
        SHOP_TRY(next, add(sum, total));
        sum = next;
    }
    return sum;
}

Line* line_of(Cart& cart, std::string_view product_id) {
    const auto line = std::ranges::find(cart.lines, product_id, &Line::product_id);
    return line == cart.lines.end() ? nullptr : &*line;
}

}  // namespace

Cart load_cart(const Tables& tables, const store::Snapshot& snapshot, const std::string& user_id,
               const std::string& currency) {
    auto cart = tables.carts.get(snapshot, user_id);
    if (cart) return std::move(*cart);
    Cart empty;
    empty.user_id = user_id;
    empty.total.currency = currency;
    return empty;
}

Result<void> save_cart(const Tables& tables, events::Change& change, Cart& cart,
                       const std::string& currency) {
    SHOP_TRY(total, total_of(cart.lines, currency));
    cart.total = total;
    ++cart.version;
    cart.updated_at = change.now();
    SHOP_CHECK(tables.carts.put(change.tx(), cart));
    // What is in a cart concerns nobody else yet: its size is enough.
    change.emit("cart.updated", cart.user_id,
                Json{{"user_id", cart.user_id},
                     {"lines", cart.lines.size()},
                     {"total", schema::encode(cart.total)},
                     {"version", cart.version}});
    return {};
}

Line* find_line(Cart& cart, std::string_view ref) {
    if (Line* line = line_of(cart, ref)) return line;
    const std::string sku = to_lower(ref);
    const auto by_sku =
        std::ranges::find(cart.lines, sku, [](const Line& line) { return to_lower(line.sku); });
    if (by_sku != cart.lines.end()) return &*by_sku;
    const auto number = parse_int(ref);
    if (!number) return nullptr;
    const auto by_number = std::ranges::find(cart.lines, *number, &Line::product_number);
    return by_number == cart.lines.end() ? nullptr : &*by_number;
}

Result<void> check_currency(const Product& product, const std::string& currency) {
    if (product.price.currency == currency) return {};
    return fail(Code::conflict, fmt::format("{} is priced in {}, and this shop sells in {}: it "
                                            "can't be bought until that is mended",
                                            product.name, product.price.currency, currency));
}

Result<void> check_available(const Product& product, std::int64_t quantity) {
    if (!product.stock || quantity <= product.stock->available) return {};
    return quantity_conflict(
        fmt::format("only {} of {} available", product.stock->available, product.name));
}

Result<void> add_pieces(Cart& cart, const Product& product, std::int64_t quantity) {
    Line* line = line_of(cart, product.id);
    const std::int64_t before = line ? line->quantity : 0;
    // Both are at most kQuantityMax, so that the sum can't overflow.
    if (before + quantity > limits::kQuantityMax)
        return fail_field("/quantity", fmt::format("{} in the cart and {} more are over the limit "
                                                   "of {} pieces in one line",
                                                   before, quantity, limits::kQuantityMax));
    SHOP_CHECK(check_available(product, before + quantity));
    if (!line) {
        if (cart.lines.size() >= limits::kCartLinesMax)
            return fail(Code::conflict,
                        fmt::format("a cart has at most {} lines; check out or take one out first",
                                    limits::kCartLinesMax));
        line = &cart.lines.emplace_back();
        line->product_id = product.id;
        line->product_number = product.number;
    }
    refresh_line(*line, product);
    line->quantity = before + quantity;
    return {};
}

void set_pieces(Cart& cart, std::string_view product_id, std::int64_t quantity) {
    if (quantity == 0)
        std::erase_if(cart.lines, [&](const Line& line) { return line.product_id == product_id; });
    else
        line_of(cart, product_id)->quantity = quantity;
}

void subtract(Cart& cart, const std::vector<Line>& ordered) {
    for (const auto& bought : ordered) {
        const Line* line = line_of(cart, bought.product_id);
        if (line)
            set_pieces(cart, bought.product_id,
                       std::max<std::int64_t>(line->quantity - bought.quantity, 0));
    }
}

void refresh_line(Line& line, const Product& product) {
    line.sku = product.sku;
    line.name = product.name;
    line.unit_price = product.price;
}

}  // namespace shop::orders
