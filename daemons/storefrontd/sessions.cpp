// In the store: SHA-256 of the cookie's secret -> end (8 bytes of milliseconds, so that what has
// ended is found without its key), then the session's JSON, sealed.
#include "storefrontd/sessions.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "schema/codec.hpp"
#include "storefrontd/sealing.hpp"

namespace shop::schema {

template <>
const StructType& type_of<storefront::Session>() {
    using T = storefront::Session;
    static const StructType type{
        "Session",
        "A browser's.",
        {
            field<&T::session_id>("session_id", "userd's."),
            field<&T::user_id>("user_id", "Whose."),
            field<&T::username>("username", "The account's name."),
            field<&T::name>("name", "How the shop calls them."),
            field<&T::access_token>("access_token", "For calls.", Length{0, 4096}),
            field<&T::access_expires_at>("access_expires_at", "Until when."),
            field<&T::refresh_token>("refresh_token", "For the next one."),
            field<&T::expires_at>("expires_at", "When it ends."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::storefront {
namespace {

constexpr std::size_t kCookieBytes = 32;
constexpr std::size_t kCookieLength = 43;
constexpr std::size_t kForgottenAtOnce = 500;
constexpr std::string_view kFormKey = "forms";

std::string sealing_key(std::string_view cookie) {
    return mac(sha256(cookie), "storefront session");
}

bool has_ended(std::string_view record, Time now) {
    return record.size() < 8 ||
           record.substr(0, 8) <= store::key_of(now.time_since_epoch().count());
}

}  // namespace

Result<std::unique_ptr<Sessions>> Sessions::open(store::Store& store, const Tables& tables) {
    std::unique_ptr<Sessions> sessions(new Sessions(store, tables));
    SHOP_CHECK(store.write([&](store::Transaction& tx) -> Result<void> {
        if (const auto kept = tx.get(tables.secrets, kFormKey)) {
            sessions->form_key_ = *kept;
            return {};
        }
        sessions->form_key_ = random_bytes(kKeyBytes);
        tx.put(tables.secrets, kFormKey, sessions->form_key_);
        return {};
    }));
    return sessions;
}

std::string Sessions::new_cookie() { return random_token(kCookieBytes); }

bool Sessions::is_cookie(std::string_view text) {
    return text.size() == kCookieLength && from_base64url(text).has_value();
}

std::optional<Session> Sessions::find(std::string_view cookie, Time now) const {
    std::string record;
    const auto read = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        if (const auto kept = snapshot.get(tables_.sessions, sha256(cookie))) record = *kept;
        return {};
    });
    if (!read || has_ended(record, now)) return std::nullopt;
    const auto plain = unseal(sealing_key(cookie), std::string_view(record).substr(8));
    if (!plain) return std::nullopt;
    auto session = schema::decode_text<Session>(*plain, schema::Mode::stored);
    return session ? std::optional(*std::move(session)) : std::nullopt;
}

Result<void> Sessions::keep(std::string_view cookie, const Session& session) {
    const std::string record = store::key_of(session.expires_at.time_since_epoch().count()) +
                               seal(sealing_key(cookie), schema::encode_text(session));
    return store_.write([&](store::Transaction& tx) -> Result<void> {
        tx.put(tables_.sessions, sha256(cookie), record);
        return {};
    });
}

Result<void> Sessions::forget(std::string_view cookie) {
    return store_.write([&](store::Transaction& tx) -> Result<void> {
        tx.erase(tables_.sessions, sha256(cookie));
        return {};
    });
}

Result<std::size_t> Sessions::forget_old(Time now) {
    std::vector<std::string> ended;
    SHOP_CHECK(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        ended.clear();
        snapshot.scan(tables_.sessions, {}, [&](std::string_view key, std::string_view record) {
            if (has_ended(record, now)) ended.emplace_back(key);
            return ended.size() < kForgottenAtOnce;
        });
        return {};
    }));
    if (ended.empty()) return 0;
    SHOP_CHECK(store_.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& key : ended) tx.erase(tables_.sessions, key);
        return {};
    }));
    return ended.size();
}

std::unique_lock<std::mutex> Sessions::turn_of(std::string_view cookie) {
    const auto which = std::hash<std::string_view>{}(cookie) % turns_.size();
    return std::unique_lock(turns_[which]);
}

}  // namespace shop::storefront
