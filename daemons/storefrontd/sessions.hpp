// Who is signed in with which browser. A session is found by the cookie's secret and sealed with a
// key that follows from it: what stands in the store is of no use to who reads it there.
//
// Thread safety: any thread.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "schema/field.hpp"
#include "storefrontd/store.hpp"

namespace shop::storefront {

struct Session {
    std::string session_id;  // userd's, "ses_…"
    std::string user_id;
    std::string username;
    std::string name;  // how the shop calls them: the first name, or the username
    std::string access_token;
    Time access_expires_at{};
    std::string refresh_token;
    Time expires_at{};
};

class Sessions {
public:
    // Both outlive the Sessions. The key of forms is made where the store has none yet.
    static Result<std::unique_ptr<Sessions>> open(store::Store& store, const Tables& tables);

    // A cookie's secret: text of 43 characters. One that nobody has signed in with yet is none the
    // less good for forms.
    static std::string new_cookie();
    static bool is_cookie(std::string_view text);

    std::optional<Session> find(std::string_view cookie, Time now) const;
    // Durable when it returns.
    Result<void> keep(std::string_view cookie, const Session& session);
    Result<void> forget(std::string_view cookie);
    // Drops what has ended, some at a time; how many.
    Result<std::size_t> forget_old(Time now);
    // Holds the turn of one session: two requests of a browser must not both use its refresh token,
    // since userd would take the second one for a thief's.
    std::unique_lock<std::mutex> turn_of(std::string_view cookie);

    const std::string& form_key() const { return form_key_; }

private:
    Sessions(store::Store& store, const Tables& tables) : store_(store), tables_(tables) {}

    store::Store& store_;
    const Tables& tables_;
    std::string form_key_;
    std::array<std::mutex, 64> turns_;
};

}  // namespace shop::storefront

namespace shop::schema {
template <>
const StructType& type_of<storefront::Session>();
}
