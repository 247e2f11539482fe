#include <fmt/format.h>

#include <stdexcept>

#include "torture/storm_crowd.hpp"

namespace shop::torture {
namespace {

constexpr const char* kBuyerPassword = "correct horse battery";

std::string text_of(const Pieces& pieces) {
    std::string out;
    for (const auto& [product, quantity] : pieces) out += fmt::format("{}x{} ", quantity, product);
    return out.empty() ? "nothing" : out;
}

}  // namespace

StormBuyer::StormBuyer(const KilledShop& shop, const std::vector<api::Product>& products,
                       int number, std::uint64_t seed)
    : caller_(shop, {fmt::format("buyer{}", number), kBuyerPassword}),
      products_(products),
      random_(seed) {
    auto user = caller_.open_account();
    if (!user) throw std::runtime_error(user.error().message);
    if (const auto in = caller_.sign_in(); !in) throw std::runtime_error(in.error().message);
    user_ = std::move(*user);
    log_.user_id = user_.id;
}

AcknowledgedAccount StormBuyer::account() const { return {user_, caller_.session().refresh_token}; }

void StormBuyer::fault(const std::string& what) { faults_.push_back(caller_.name() + ": " + what); }

void StormBuyer::buy_until(const std::stop_token& stop) {
    // What is in the cart at the end stays there, for the comparison.
    while (!stop.stop_requested() && faults_.empty()) {
        if (const auto in = caller_.stay_signed_in(); !in) return fault(in.error().message);
        fill_cart();
        if (any(1, 6) == 1) lower_a_line();
        if (stop.stop_requested()) return;
        if (!log_.cart.empty()) check_out();
    }
}

void StormBuyer::fill_cart() {
    for (int lines = any(1, 3); lines > 0; --lines) {
        const auto& product =
            products_[static_cast<std::size_t>(any(0, static_cast<int>(products_.size()) - 1))];
        const int quantity = any(1, 3);
        const auto answer =
            caller_.call<api::Cart>(Service::orderd, "cart_add", {},
                                    {.body = Json{{"product", product.sku}, {"quantity", quantity}},
                                     .idempotency_key = caller_.new_key()});
        if (!answer && answer.error().code == Code::conflict) {
            ++log_.cart_refusals;  // sold out
            continue;
        }
        Pieces expected = log_.cart;
        expected[product.id] += quantity;
        note_cart(answer, std::move(expected));
    }
}

// To one piece: a line that goes away could not be told from one that never was, where the answer
// is lost.
void StormBuyer::lower_a_line() {
    if (log_.cart.empty()) return;
    const std::string product = log_.cart.begin()->first;
    Pieces expected = log_.cart;
    expected[product] = 1;
    note_cart(caller_.call<api::Cart>(Service::orderd, "cart_set", {product},
                                      {.body = Json{{"quantity", 1}}}),
              std::move(expected));
}

void StormBuyer::empty_cart() {
    const auto answer = caller_.send(Service::orderd, "cart_empty", {});
    if (!answer) return fault("emptying the cart: " + answer.error().message);
    log_.cart.clear();
    ++log_.cart_changes;
}

void StormBuyer::note_cart(const Result<api::Cart>& answer, Pieces expected) {
    if (!answer) return fault("changing the cart: " + answer.error().message);
    const Pieces pieces = pieces_of(answer->lines);
    if (pieces != expected) fault("the cart has " + text_of(pieces) + ", not " + text_of(expected));
    log_.cart = std::move(expected);
    ++log_.cart_changes;
}

void StormBuyer::check_out() {
    const std::string key = caller_.new_key();
    auto order = caller_.call<api::Order>(Service::orderd, "order_create", {},
                                          {.body = Json{{"note", key}}, .idempotency_key = key});
    if (order) return note_order(key, std::move(*order));
    if (order.error().code != Code::conflict)
        return fault("checkout " + key + ": " + order.error().message);
    log_.refused.insert(key);
    empty_cart();
}

void StormBuyer::note_order(const std::string& key, api::Order order) {
    const Pieces pieces = pieces_of(order.lines);
    if (order.note != key) fault("checkout " + key + " was answered with that of " + order.note);
    if (order.state != "placed") fault("order " + order.id + " was answered as " + order.state);
    if (pieces != log_.cart)
        fault("order " + order.id + " has " + text_of(pieces) + ", not " + text_of(log_.cart));
    log_.cart.clear();
    log_.orders.push_back({std::move(order), false});
    if (any(1, 5) == 1)
        cancel(log_.orders[static_cast<std::size_t>(
            any(0, static_cast<int>(log_.orders.size()) - 1))]);
}

void StormBuyer::cancel(AcknowledgedOrder& bought) {
    if (bought.cancelled) return;
    const auto answer =
        caller_.call<api::Order>(Service::orderd, "order_cancel", {bought.order.id},
                                 {.body = Json::object(), .idempotency_key = caller_.new_key()});
    if (!answer) return fault("cancelling " + bought.order.id + ": " + answer.error().message);
    if (answer->state != "cancelled") fault("cancelled, and " + answer->state);
    bought.cancelled = true;
}

}  // namespace shop::torture
