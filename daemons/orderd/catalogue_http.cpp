#include "orderd/catalogue_http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <span>
#include <unordered_map>

#include "base/limits.hpp"
#include "orderd/needs.hpp"

namespace shop::orders {

using api::Product;

Error catalogue_down(std::string_view then) {
    return {Code::unavailable,
            fmt::format("The catalogue (productd) does not answer; {}", then),
            {},
            1};
}

namespace {

using namespace std::chrono_literals;

// A restart of productd is waited for this long; more would keep workers from calls that don't need
// it.
constexpr auto kRetryFor = 500ms;
constexpr auto kPingDeadline = 500ms;
// Ids in one query: with 39 bytes each ("%2C" between them) they fit limits::kUrlBytesMax.
constexpr std::size_t kIdsAtOnce = 90;
constexpr std::string_view kAgain = "try again in a moment";

// Products that were looked up within the last second, by what was asked for: whoever fills carts
// asks for the same few again and again. Checkouts never read it.
class Recent {
public:
    explicit Recent(const Clock& clock) : clock_(clock) {}

    std::optional<Product> find(std::string_view ref) const {
        const std::lock_guard lock(mutex_);
        const auto seen = seen_.find(std::string(ref));
        if (seen == seen_.end() || clock_.now() - seen->second.at >= kFresh) return std::nullopt;
        return seen->second.product;
    }
    void keep(std::string_view ref, const Product& product) {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= kSeenMax) seen_.clear();
        seen_[std::string(ref)] = {product, clock_.now()};
    }

private:
    static constexpr auto kFresh = 1s;
    static constexpr std::size_t kSeenMax = 1024;  // products of up to 6 kB
    struct Seen {
        Product product;
        Time at{};
    };

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Seen> seen_;  // guarded by mutex_
};

// The seam's rule: productd's own answers stay, everything else is silence.
template <class T>
Result<T> answer(Result<T> result) {
    if (result) return result;
    const Code code = result.error().code;
    const bool is_answer =
        code == Code::not_found || code == Code::conflict || code == Code::invalid_argument;
    if (is_answer) return result;
    return Failure(catalogue_down(kAgain));
}

class HttpCatalogue final : public Catalogue {
public:
    HttpCatalogue(api::ApiClient calls, api::ApiClient pings, const Clock& clock)
        : calls_(std::move(calls)), pings_(std::move(pings)), recent_(clock) {}

    // By the list's `ref`, since a SKU may have a slash, which no path can carry.
    Result<Product> find(const events::Origin& by, std::string_view ref) override {
        if (auto known = recent_.find(ref)) return std::move(*known);
        const bool is_one = ref.find(',') == std::string_view::npos;
        SHOP_TRY(found, is_one ? named(by, std::string(ref)) : Result<std::vector<Product>>());
        if (found.empty()) return fail(Code::not_found, fmt::format("there is no product {}", ref));
        recent_.keep(ref, found.front());
        return std::move(found.front());
    }

    Result<std::vector<Product>> find_many(const events::Origin& by,
                                           const std::vector<std::string>& ids) override {
        std::vector<Product> products;
        for (std::size_t from = 0; from < ids.size(); from += kIdsAtOnce) {
            const auto some =
                std::span(ids).subspan(from).first(std::min(kIdsAtOnce, ids.size() - from));
            SHOP_TRY(found, named(by, fmt::format("{}", fmt::join(some, ","))));
            std::ranges::move(found, std::back_inserter(products));
        }
        return products;
    }

    Result<void> reserve(const events::Origin& by, const api::Order& order) override {
        api::Reservation reservation;
        for (const auto& line : order.lines)
            reservation.lines.push_back({line.product_id, line.quantity});
        // Only what a client may say: the rest of a Reservation is productd's.
        const Json whole = schema::encode(reservation);
        return send(by, "reservation_put", order.id, Json{{"lines", whole.at("lines")}});
    }
    Result<void> confirm(const events::Origin& by, const std::string& order_id) override {
        return send(by, "reservation_confirm", order_id);
    }
    Result<void> release(const events::Origin& by, const std::string& order_id) override {
        auto released = send(by, "reservation_release", order_id);
        const bool nothing_held = !released && released.error().code == Code::not_found;
        return nothing_held ? Result<void>{} : released;
    }
    Result<void> ping() override {
        SHOP_CHECK(answer(pings_.send(row("livez"), {})));
        return {};
    }

private:
    static const api::Endpoint& row(std::string_view id) { return products_needs().at(id); }

    // `refs` are separated by commas.
    Result<std::vector<Product>> named(const events::Origin& by, std::string refs) {
        api::CallOptions options = options_of(by);
        options.query = {{"limit", std::to_string(limits::kPageItemsMax)},
                         {"ref", std::move(refs)}};
        SHOP_TRY(page, answer(calls_.call<api::ProductPage>(row("product_list"), {}, options)));
        return std::move(page.items);
    }
    Result<void> send(const events::Origin& by, std::string_view id, const std::string& order_id,
                      std::optional<Json> body = std::nullopt) {
        api::CallOptions options = options_of(by);
        options.body = std::move(body);
        SHOP_CHECK(answer(calls_.send(row(id), {order_id}, options)));
        return {};
    }
    static api::CallOptions options_of(const events::Origin& by) {
        return {.traceparent = by.traceparent, .request_id = by.request_id};
    }

    api::ApiClient calls_;
    api::ApiClient pings_;
    Recent recent_;
};

}  // namespace

Result<std::unique_ptr<Catalogue>> make_http_catalogue(const std::string& url,
                                                       api::ApiClient::TokenSource token,
                                                       const Clock& clock,
                                                       std::shared_ptr<const http::TlsClient> tls) {
    SHOP_TRY(calls,
             http::Client::make(
                 url, {.deadline = limits::kCallDeadline, .retry_for = kRetryFor, .tls = tls}));
    SHOP_TRY(pings, http::Client::make(url, {.deadline = kPingDeadline, .tls = std::move(tls)}));
    return std::make_unique<HttpCatalogue>(api::ApiClient(std::move(calls), std::move(token)),
                                           api::ApiClient(std::move(pings), {}), clock);
}

}  // namespace shop::orders
