// The cart, and how an order is made of it.
#include <algorithm>
#include <chrono>
#include <thread>

#include "base/random.hpp"
#include "base/text.hpp"
#include "storefrontd/cart_entry.hpp"
#include "storefrontd/cart_page.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/order_words.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;
using runtime::Call;
using runtime::Reply;

constexpr const char* kCheckoutTitle = "Look over your order";
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kReferenceBytesMax = 64;
constexpr int kRoundsMax = 8;
constexpr auto kRoundPause = 200ms;

Result<Reply> cart(Visit& visit, Call&) {
    if (!visit.query().has("not_added")) return show_cart(visit);
    const Error error{Code::conflict, visit.text("cart_not_added")};
    return show_cart(visit, &error);
}

// What went wrong, on the cart's page where it is about the cart.
Result<Reply> back_to_cart(Visit& visit, Error error) {
    if (!is_about_form(error) && !is_silence(error)) return tl::make_unexpected(std::move(error));
    return show_cart(visit, &error);
}

Result<Reply> cart_add(Visit& visit, Call&) {
    const auto& form = visit.form();
    const std::string& product = form.get("product");
    const std::string quantity = form.has("quantity") ? form.get("quantity") : "1";
    if (!visit.signed_in())
        return visit.redirect(Errand{product, quantity, "/cart"}.address("/login"));
    const auto added = put_into_cart(visit, product, quantity);
    if (!added) return back_to_cart(visit, added.error());
    return visit.redirect("/cart", "cart_added");
}

Result<Reply> cart_set(Visit& visit, Call&) {
    const auto quantity = parse_int(trim(visit.form().get("quantity")));
    const std::string& product = visit.form().get("product");
    if (!quantity || product.empty())
        return back_to_cart(visit,
                            {Code::invalid_argument, visit.text("cart_quantity_unreadable")});
    api::CallOptions options;
    options.body = Json{{"quantity", *quantity}};
    const auto set = visit.send(order_needs(), "cart_set", {product}, std::move(options));
    // Another tab has taken it out: what was wanted is so.
    const bool gone = !set && set.error().code == Code::not_found && *quantity == 0;
    if (!set && !gone) return back_to_cart(visit, set.error());
    return visit.redirect("/cart", "cart_set");
}

// Where news of the order go to; empty where userd does not say.
std::string email_of(Visit& visit) {
    const auto user = visit.call<api::User>(account_needs(), "user_get", {"me"});
    return user ? user->email : "";
}

struct Checkout {
    std::string key;
    std::string note = {};
    const Error* error = nullptr;  // of the form
    std::string problem = {};      // in the shop's own words
};

Result<Reply> show_checkout(Visit& visit, const Checkout& checkout) {
    auto cart = visit.call<api::Cart>(order_needs(), "cart_get");
    // Once the form was sent it stays, whatever becomes of the cart: it tells of its order.
    const bool again = checkout.error != nullptr;
    if (!cart && !again) return show_cart(visit);
    if (cart && cart->lines.empty() && !again) return visit.redirect("/cart");
    Json model = {{"key", checkout.key},      {"note", checkout.note},
                  {"email", email_of(visit)}, {"can_order", true},
                  {"has_lines", false},       {"lines", Json::array()},
                  {"changes", Json::array()}, {"total", ""}};
    if (cart && !cart->lines.empty()) {
        const auto products = products_of(visit, cart->lines);
        if (products) model["changes"] = changed_prices(*cart, *products);
        const auto href_of = [&](const api::Line& line) {
            return products ? address_in(*products, line) : std::string();
        };
        api::Order draft;
        draft.lines = std::move(cart->lines);
        draft.total = cart->total;
        const Json order = order_model(draft, href_of);
        model["lines"] = order["lines"];
        model["total"] = order["total"];
        model["has_lines"] = true;
    }
    if (!again) return visit.page("checkout", kCheckoutTitle, std::move(model));
    add_errors(model, *checkout.error, {"note"});
    if (!checkout.problem.empty()) model["problem"] = checkout.problem;
    return come_back(visit, "checkout", kCheckoutTitle, std::move(model), *checkout.error);
}

bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= limits::kIdempotencyKeyBytesMax &&
           from_base64url(key).has_value();
}

Result<Reply> checkout(Visit& visit, Call&) {
    return show_checkout(visit, {.key = random_token(kKeyBytes)});
}

// The same form, or another one of this cart, is being answered at this moment.
bool is_under_way(const Error& error) {
    return error.code == Code::conflict && error.retry_after_seconds > 0;
}

// A double click shows the answer to its second half, which is known once the first one's is.
Result<api::Order> order_once(Visit& visit, const std::string& key, const std::string& note) {
    api::CallOptions options;
    options.body = Json{{"note", note}};
    options.idempotency_key = key;
    for (int round = 1;; ++round) {
        auto order = visit.call<api::Order>(order_needs(), "order_create", {}, options);
        if (order || !is_under_way(order.error()) || round == kRoundsMax) return order;
        std::this_thread::sleep_for(kRoundPause);
    }
}

// What became of an order that was not made.
Result<Reply> not_placed(Visit& visit, const std::string& key, const std::string& note,
                         Error error) {
    // Whether it was is not known: the same form tells, and orders nothing twice.
    if (is_silence(error) || is_under_way(error))
        return show_checkout(visit, {key, note, &error, visit.text("checkout_unsure")});
    const bool of_note = std::ranges::any_of(
        error.fields, [](const FieldError& field) { return field.pointer == "/note"; });
    if (of_note) return show_checkout(visit, {random_token(kKeyBytes), note, &error});
    if (error.code == Code::idempotency_mismatch) error.message = visit.text("checkout_sent");
    return back_to_cart(visit, std::move(error));
}

Result<Reply> place(Visit& visit, Call&) {
    const std::string& key = visit.form().get("key");
    std::string note = visit.form().get("note");
    std::erase(note, '\r');  // browsers end lines with both
    if (!is_key(key)) {
        const Error error{Code::invalid_argument, visit.text("form_too_old")};
        return show_checkout(visit, {random_token(kKeyBytes), note, &error});
    }
    const auto order = order_once(visit, key, note);
    if (!order) return not_placed(visit, key, note, order.error());
    return visit.redirect("/order/thank-you?order=" + std::to_string(order->number));
}

Result<Reply> thank_you(Visit& visit, Call&) {
    const std::string& reference = visit.query().get("order");
    if (reference.empty() || reference.size() > kReferenceBytesMax)
        return fail(Code::not_found, visit.text("page_gone"));
    SHOP_TRY(order, visit.call<api::Order>(order_needs(), "order_get", {reference}));
    const auto products = products_of(visit, order.lines);
    Json model = order_model(order, [&](const api::Line& line) {
        return products ? address_in(*products, line) : std::string();
    });
    const Time placed = placed_or_begun(order);
    model["placed"] = date_time_text(placed);
    model["placed_iso"] = format_time(placed);
    model["href"] = "/account/orders/" + std::to_string(order.number);
    return visit.page("thank_you", visit.text("thanks_title"), std::move(model));
}

constexpr PageRow kPages[] = {{"cart", auth::scope::kOpen, cart},
                              {"cart_add", auth::scope::kOpen, cart_add},
                              {"cart_set", auth::scope::kCart, cart_set},
                              {"checkout", auth::scope::kCart, checkout},
                              {"checkout_place", auth::scope::kCart, place},
                              {"thank_you", auth::scope::kOrdersOwn, thank_you}};

}  // namespace

std::span<const PageRow> cart_pages() { return kPages; }

}  // namespace shop::storefront
