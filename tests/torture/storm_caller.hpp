// Somebody who calls the shop while its daemons are killed: one account, and calls that are
// repeated until there is an answer.
//
// Thread safety: belongs to one thread.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "api/client.hpp"
#include "api/users.hpp"
#include "base/random.hpp"
#include "torture/killed_shop.hpp"

namespace shop::torture {

class StormCaller {
public:
    StormCaller(const KilledShop& shop, api::Credentials credentials);
    StormCaller(const StormCaller&) = delete;
    StormCaller& operator=(const StormCaller&) = delete;

    // A customer's account.
    Result<api::User> open_account();
    // Sign-ins are no calls to be repeated safely: one whose answer was lost leaves a session that
    // nobody uses.
    Result<void> sign_in();
    // Signs in anew where the last time is long ago: a token lives for ten minutes.
    Result<void> stay_signed_in();
    // Goes on with a session that somebody else began.
    Result<void> go_on_with(const std::string& refresh_token);
    const api::Session& session() const { return session_; }
    const std::string& name() const { return credentials_.username; }

    // Answers to calls that had been done before, by an attempt whose own answer was lost.
    std::int64_t replayed() const { return replayed_; }
    // A key that nobody has used yet.
    std::string new_key();
    // Of one of the service's endpoints, by its id. No answer yet, so that the call is repeated, is
    // what says "later": a lost connection, a silent or busy service, a conflict with Retry-After.
    Result<http::Response> send(Service service, const char* endpoint,
                                const std::vector<std::string>& params,
                                const api::CallOptions& options = {});
    template <class T>
    Result<T> call(Service service, const char* endpoint, const std::vector<std::string>& params,
                   const api::CallOptions& options = {}) {
        SHOP_TRY(response, send(service, endpoint, params, options));
        return schema::decode_text<T>(response.body, schema::Mode::stored);
    }
    // All items of a list.
    template <class Page>
    Result<decltype(Page::items)> list(Service service, const char* endpoint,
                                       const std::vector<std::string>& params,
                                       api::CallOptions options = {}) {
        decltype(Page::items) items;
        options.query.emplace_back("limit", "200");
        const auto query = options.query;
        for (;;) {
            SHOP_TRY(page, call<Page>(service, endpoint, params, options));
            std::move(page.items.begin(), page.items.end(), std::back_inserter(items));
            if (!page.next_cursor) return items;
            options.query = query;
            options.query.emplace_back("cursor", *page.next_cursor);
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    api::Credentials credentials_;
    std::map<Service, api::ApiClient> clients_;
    api::Session session_;
    Clock::time_point signed_in_at_{};
    // Somebody else may call in the same name.
    const std::string key_part_ = random_token(6);
    int keys_ = 0;
    std::int64_t replayed_ = 0;
};

}  // namespace shop::torture
