#include <fmt/format.h>

#include "orderd/cart.hpp"
#include "orderd/routes.hpp"

namespace shop::orders {
namespace {

using api::Cart;
using runtime::Call;
using runtime::Reply;

Reply cart_reply(const Cart& cart) {
    auto reply = Reply::json(cart);
    reply.etag(cart.version);
    return reply;
}

// The caller's cart in a snapshot.
Cart cart_of(OrderApp& app, const Call& call, const store::Snapshot& snapshot) {
    auto cart = load_cart(app.tables(), snapshot, call.principal().user_id, app.parts().currency);
    cart.user_number = call.principal().number;
    return cart;
}

Result<Cart> read_cart(OrderApp& app, const Call& call) {
    Cart cart;
    SHOP_CHECK(app.store().read([&](const store::Snapshot& snapshot) -> Result<void> {
        cart = cart_of(app, call, snapshot);
        return {};
    }));
    return cart;
}

// Changes the caller's cart in one transaction.
Result<Reply> change_cart(OrderApp& app, Call& call, const std::function<Result<void>(Cart&)>& work,
                          const std::function<Reply(const Cart&)>& answer = cart_reply) {
    return call.commit([&](events::Change& change) -> Result<Reply> {
        auto cart = cart_of(app, call, change.tx());
        SHOP_CHECK(work(cart));
        SHOP_CHECK(save_cart(app.tables(), change, cart, app.parts().currency));
        return answer(cart);
    });
}

Failure not_in_cart(std::string_view ref) {
    return fail(Code::not_found,
                fmt::format("{} is not in your cart; put it in first, or name it by its id, SKU or "
                            "number",
                            ref));
}

// The id of the product in the cart that `ref` names. The line itself tells it, so that carts can
// be tidied up while productd is down; only a slug is asked for there.
Result<std::string> product_in_cart(OrderApp& app, const Call& call, Cart& cart,
                                    const std::string& ref) {
    if (const auto* line = find_line(cart, ref)) return line->product_id;
    const auto product = app.parts().catalogue->find(call.origin(), ref);
    if (!product || !find_line(cart, product->id)) return not_in_cart(ref);
    return product->id;
}

Result<Reply> cart_get(OrderApp& app, Call& call) {
    SHOP_TRY(cart, read_cart(app, call));
    return cart_reply(cart);
}

Result<Reply> cart_add(OrderApp& app, Call& call) {
    SHOP_TRY(kept, call.kept_answer());
    if (kept) return std::move(*kept);
    SHOP_TRY(asked, call.body<api::AddLine>());
    return add_to_cart(app, call, asked, cart_reply);
}

// More pieces are compared with what is available where productd answers; where it does not, the
// checkout will decide.
Result<void> check_raise(OrderApp& app, const Call& call, const std::string& product_id,
                         std::int64_t quantity) {
    const auto product = app.parts().catalogue->find(call.origin(), product_id);
    if (product) return check_available(*product, quantity);
    if (product.error().code == Code::unavailable) return {};
    return tl::make_unexpected(product.error());
}

Result<Reply> cart_set(OrderApp& app, Call& call) {
    SHOP_TRY(asked, call.body<api::SetLine>());
    SHOP_TRY(cart, read_cart(app, call));
    SHOP_TRY(id, product_in_cart(app, call, cart, call.param("product")));
    if (asked.quantity > find_line(cart, id)->quantity)
        SHOP_CHECK(check_raise(app, call, id, asked.quantity));
    return change_cart(app, call, [&](Cart& now) -> Result<void> {
        if (!find_line(now, id)) return not_in_cart(call.param("product"));
        set_pieces(now, id, asked.quantity);
        return {};
    });
}

Result<Reply> cart_remove(OrderApp& app, Call& call) {
    SHOP_TRY(cart, read_cart(app, call));
    SHOP_TRY(id, product_in_cart(app, call, cart, call.param("product")));
    return change_cart(app, call, [&](Cart& now) -> Result<void> {
        if (!find_line(now, id)) return not_in_cart(call.param("product"));
        set_pieces(now, id, 0);
        return {};
    });
}

Result<Reply> cart_empty(OrderApp& app, Call& call) {
    SHOP_TRY(cart, read_cart(app, call));
    if (cart.lines.empty()) return Reply::empty();
    const auto clear = [](Cart& now) -> Result<void> {
        now.lines.clear();
        return {};
    };
    return change_cart(app, call, clear, [](const Cart&) { return Reply::empty(); });
}

}  // namespace

Result<Reply> add_to_cart(OrderApp& app, Call& call, const api::AddLine& asked,
                          const std::function<Reply(const Cart&)>& answer) {
    const auto product = app.parts().catalogue->find(call.origin(), asked.product);
    if (!product) return tl::make_unexpected(product.error());
    SHOP_CHECK(check_currency(*product, app.parts().currency));
    return change_cart(
        app, call, [&](Cart& cart) { return add_pieces(cart, *product, asked.quantity); }, answer);
}

void bind_cart_routes(OrderApp& app) {
    const auto bind = [&](std::string_view id, Result<Reply> (*handler)(OrderApp&, Call&)) {
        app.service().bind(id, [&app, handler](Call& call) { return handler(app, call); });
    };
    bind("cart_get", cart_get);
    bind("cart_add", cart_add);
    bind("cart_set", cart_set);
    bind("cart_remove", cart_remove);
    bind("cart_empty", cart_empty);
}

}  // namespace shop::orders
