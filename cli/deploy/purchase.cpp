#include "deploy/purchase.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "api/endpoint.hpp"
#include "base/id.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;
using api::Order;
using api::Product;

constexpr int kTries = 3;
constexpr auto kLeftAtLeast = 60s;  // of an access token, before a purchase
constexpr int kComeAgainMax = 5;    // seconds that a busy sign-in is worth waiting for
constexpr const char* kNote = "a check of the deployment: cancelled at once";

const api::ServiceTable& users() { return api::users_service(); }
const api::ServiceTable& products() { return api::products_service(); }
const api::ServiceTable& orders() { return api::orders_service(); }

// Somebody else was quicker.
bool is_race(Code code) { return code == Code::conflict || code == Code::not_found; }

Failure wrong_answer(const char* step, const api::ServiceTable& service, std::string_view what) {
    return fail(Code::failed_precondition, fmt::format("{} at {}: {}", step, service.name, what));
}

std::int64_t pieces(const Product& product) {
    // One whose stock is not counted never runs out.
    if (!product.track_stock) return std::numeric_limits<std::int64_t>::max();
    return product.stock ? product.stock->available : 0;
}

Result<void> check_order(const Order& order, const Product& product, const char* step,
                         std::string_view state) {
    if (order.state != state)
        return wrong_answer(
            step, orders(),
            fmt::format("order {} is {}, not {}", order.number, order.state, state));
    if (order.lines.size() == 1 && order.lines[0].product_id == product.id &&
        order.lines[0].quantity == 1)
        return {};
    return wrong_answer(step, orders(),
                        fmt::format("order {} is not what was in the cart", order.number));
}

}  // namespace

Result<std::unique_ptr<Buyer>> Buyer::make(const std::vector<ServiceManifest>& services,
                                           std::filesystem::path account_file, const Clock& clock,
                                           std::chrono::milliseconds patience) {
    std::unique_ptr<Buyer> buyer(new Buyer(std::move(account_file), clock));
    for (const auto* table : api::all_services()) {
        const auto service = std::ranges::find(services, table->name, &ServiceManifest::name);
        if (service == services.end())
            return fail(Code::invalid_argument,
                        "A purchase needs " + table->name +
                            ", which deploy.yaml does not name. Name it, or say `purchase: false` "
                            "under `gates`.");
        SHOP_TRY(http,
                 http::Client::make(service->url, {.deadline = patience, .breaker_failures = 0}));
        buyer->clients_[table->name] = std::make_unique<api::ApiClient>(
            std::move(http), [self = buyer.get()]() -> Result<std::string> {
                return self->session_ ? self->session_->access_token : std::string();
            });
    }
    return buyer;
}

Buyer::~Buyer() { sign_out(); }

Result<http::Response> Buyer::send(const char* step, const api::ServiceTable& service,
                                   std::string_view endpoint,
                                   const std::vector<std::string>& params,
                                   const api::CallOptions& options) {
    auto answer = clients_.at(service.name)->send(service.at(endpoint), params, options);
    if (!answer)
        answer.error().message =
            fmt::format("{} at {}: {} ({})", step, service.name, answer.error().message,
                        info(answer.error().code).name);
    return answer;
}

template <class T>
Result<T> Buyer::call(const char* step, const api::ServiceTable& service, std::string_view endpoint,
                      const std::vector<std::string>& params, const api::CallOptions& options) {
    SHOP_TRY(answer, send(step, service, endpoint, params, options));
    auto value = schema::decode_text<T>(answer.body, schema::Mode::stored);
    if (!value) return wrong_answer(step, service, value.error().message);
    return value;
}

// One that is busy says when to come again.
Result<api::Session> Buyer::session_of(const BuyerAccount& account) {
    const Json body{{"username", account.username}, {"password", account.password}};
    for (int tries = 1;; ++tries) {
        auto session = call<api::Session>("sign-in", users(), "session_create", {}, {.body = body});
        const int wait = session ? 0 : session.error().retry_after_seconds;
        if (wait == 0 || wait > kComeAgainMax || tries == kTries) return session;
        std::this_thread::sleep_for(std::chrono::seconds(wait));
    }
}

Result<Buyer::Skipped> Buyer::sign_in() {
    if (session_ && session_->access_expires_at > clock_.now() + kLeftAtLeast) return std::nullopt;
    sign_out();
    SHOP_TRY(account, read_account(account_file_));
    if (account) {
        auto session = session_of(*account);
        // An account that is gone is made anew; one that could sign in before can't be gone.
        const bool gone = !session && session.error().code == Code::unauthenticated;
        if (!session && (!gone || signed_in_once_)) return tl::make_unexpected(session.error());
        if (session) session_ = *std::move(session);
    }
    if (!session_) {
        const auto made = register_account(*clients_.at(users().name), account_file_);
        if (!made && made.error().code == Code::permission_denied)
            return fmt::format(
                "userd lets nobody register ({}): put the name and the password of "
                "an account into {}, mode 0600, as {{\"username\": …, "
                "\"password\": …}}",
                made.error().message, account_file_.string());
        if (!made) return wrong_answer("registration", users(), made.error().message);
        SHOP_TRY(session, session_of(*made));
        session_ = std::move(session);
    }
    signed_in_once_ = true;
    clear_away();
    return std::nullopt;
}

void Buyer::sign_out() {
    if (session_) (void)send("sign-out", users(), "session_delete", {});
    session_.reset();
}

Result<std::optional<Product>> Buyer::find_product() {
    SHOP_TRY(page, call<api::ProductPage>("list of products", products(), "product_list", {},
                                          {.query = {{"in_stock", "true"}, {"limit", "100"}}}));
    std::erase_if(page.items, [&](const Product& product) {
        return pieces(product) < 1 || passed_over_.contains(product.id);
    });
    const auto best = std::ranges::max_element(page.items, {}, pieces);
    if (best == page.items.end()) return std::nullopt;
    return *best;
}

// A catalogue that was there does not vanish by itself.
Result<Buyer::Skipped> Buyer::no_product() {
    SHOP_TRY(page, call<api::ProductPage>("list of products", products(), "product_list", {},
                                          {.query = {{"limit", "1"}}}));
    if (!page.items.empty()) return "no product is in stock";
    if (!bought_once_) return "the catalogue is empty";
    return wrong_answer("list of products", products(),
                        "the catalogue is empty, and was not before");
}

Result<Order> Buyer::check_out(const Product& product) {
    key_ = new_id("key");
    SHOP_TRY(order, call<Order>("checkout", orders(), "order_create", {},
                                {.body = Json{{"note", kNote}}, .idempotency_key = key_}));
    SHOP_CHECK(check_order(order, product, "checkout", "placed"));
    SHOP_TRY(read, call<Order>("order", orders(), "order_get", {order.id}));
    SHOP_CHECK(check_order(read, product, "order", "placed"));
    return std::move(order);
}

Result<void> Buyer::cancel(const Order& order) {
    SHOP_TRY(cancelled,
             call<Order>("cancel", orders(), "order_cancel", {order.id},
                         {.body = Json{{"reason", kNote}}, .idempotency_key = new_id("key")}));
    if (cancelled.state == "cancelled") return {};
    return wrong_answer(
        "cancel", orders(),
        fmt::format("order {} is {}, not cancelled", order.number, cancelled.state));
}

Result<void> Buyer::buy_piece(const Product& product) {
    SHOP_TRY(cart, call<api::Cart>("cart", orders(), "cart_add", {},
                                   {.body = Json{{"product", product.id}, {"quantity", 1}},
                                    .idempotency_key = new_id("key")}));
    if (cart.lines.size() != 1 || cart.lines[0].product_id != product.id)
        return wrong_answer("cart", orders(), "what was put into it is not what it holds");
    SHOP_TRY(order, check_out(product));
    SHOP_CHECK(cancel(order));
    key_.clear();
    SHOP_CHECK(send("empty cart", orders(), "cart_empty", {}));
    return {};
}

Result<Buyer::Skipped> Buyer::buy_once() {
    SHOP_TRY(skipped, sign_in());
    if (skipped) return skipped;
    SHOP_TRY(product, find_product());
    if (!product) return no_product();
    const auto bought = buy_piece(*product);
    bought_once_ |= bought.has_value();
    if (bought) return std::nullopt;
    undo(bought.error().code);
    if (is_race(bought.error().code)) passed_over_.insert(product->id);
    return tl::make_unexpected(bought.error());
}

Result<std::optional<std::string>> Buyer::buy() {
    std::optional<Error> lost;
    for (int tries = 1;; ++tries) {
        auto bought = buy_once();
        const bool again = !bought && is_race(bought.error().code) && tries < kTries;
        if (again) lost = bought.error();
        if (again) continue;
        passed_over_.clear();
        // Products that are there and can't be bought are another matter than none.
        if (bought && *bought && lost) bought = tl::make_unexpected(*lost);
        if (!bought) bought.error().code = Code::failed_precondition;
        return bought;
    }
}

// Where a service does not answer, more calls would only wait: the next sign-in clears away.
void Buyer::undo(Code failure) {
    const std::string key = std::exchange(key_, "");
    if (failure == Code::timeout || failure == Code::unavailable) return sign_out();
    if (!key.empty()) {
        const auto order = call<Order>("checkout", orders(), "order_create", {},
                                       {.body = Json{{"note", kNote}}, .idempotency_key = key});
        if (order && order->state == "placed") (void)cancel(*order);
    }
    (void)send("empty cart", orders(), "cart_empty", {});
}

void Buyer::clear_away() {
    const auto left =
        call<api::OrderPage>("orders", orders(), "order_list", {},
                             {.query = {{"state", "placed"}, {"user", "me"}, {"limit", "100"}}});
    if (left)
        for (const Order& order : left->items) (void)cancel(order);
    (void)send("empty cart", orders(), "cart_empty", {});
}

}  // namespace shop::cli::deploy
