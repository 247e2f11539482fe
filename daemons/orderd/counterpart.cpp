#include "orderd/counterpart.hpp"

#include <utility>

#include "api/stores.hpp"
#include "base/limits.hpp"
#include "orderd/catalogue.hpp"
#include "orderd/needs.hpp"

namespace shop::orders {
namespace {

class HttpCounterpart final : public Counterpart {
public:
    explicit HttpCounterpart(api::ApiClient productd) : productd_(std::move(productd)) {}

    Result<std::vector<api::Reservation>> reservations(const events::Origin& by,
                                                       const IdRange& range) override {
        std::vector<api::Reservation> found;
        std::string after = range.after;
        for (;;) {
            api::CallOptions options = options_of(by);
            options.query = {{"limit", std::to_string(limits::kPageItemsMax)}};
            if (!after.empty()) options.query.emplace_back("after", after);
            if (!range.until.empty()) options.query.emplace_back("until", range.until);
            SHOP_TRY(page, call<api::ReservationPage>("reservation_list", {}, options));
            const bool full = std::ssize(page.items) == std::int64_t{limits::kPageItemsMax};
            for (auto& item : page.items) found.push_back(std::move(item));
            if (!full) return found;
            after = found.back().order_id;
        }
    }

    Result<void> take_snapshot(const events::Origin& by, const std::string& id) override {
        const auto& gone = products_needs().at("snapshot_delete");
        const auto dropped = productd_.send(gone, {id}, options_of(by));
        if (!dropped && dropped.error().code != Code::not_found) return answer(dropped.error());
        api::CallOptions options = options_of(by);
        options.body = Json{{"id", id}};
        SHOP_CHECK(call<api::StoreSnapshot>("snapshot_create", {}, options));
        return {};
    }

private:
    static api::CallOptions options_of(const events::Origin& by) {
        return {.traceparent = by.traceparent, .request_id = by.request_id};
    }
    // What productd says itself stays; silence becomes a remedy.
    static Failure answer(const Error& error) {
        if (error.code == Code::conflict || error.code == Code::insufficient_storage)
            return Failure(error);
        return Failure(
            catalogue_down("see what is wrong with it (shopctl health), then try again"));
    }
    template <class T>
    Result<T> call(std::string_view id, const std::vector<std::string>& params,
                   const api::CallOptions& options) {
        auto done = productd_.call<T>(products_needs().at(id), params, options);
        if (!done) return answer(done.error());
        return done;
    }

    api::ApiClient productd_;
};

}  // namespace

Result<std::unique_ptr<Counterpart>> make_http_counterpart(
    const std::string& url, api::ApiClient::TokenSource token,
    std::shared_ptr<const http::TlsClient> tls) {
    SHOP_TRY(http,
             http::Client::make(url, {.deadline = limits::kCallDeadline, .tls = std::move(tls)}));
    return std::make_unique<HttpCounterpart>(api::ApiClient(std::move(http), std::move(token)));
}

}  // namespace shop::orders
