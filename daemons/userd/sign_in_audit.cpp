#include "userd/sign_in_audit.hpp"

#include <optional>

#include "base/random.hpp"
#include "base/text.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

std::optional<api::User> account_of_login(const Parts& parts, const runtime::Call& call,
                                          const std::string& login) {
    std::optional<api::User> user;
    // A store that can't be read leaves the account open: the refusal is noted all the same.
    (void)call.store().read([&](const store::Snapshot& snapshot) -> Result<void> {
        user = find_by_login(parts.tables, snapshot, login);
        return {};
    });
    return user;
}

}  // namespace

void note_refused_sign_in(const Parts& parts, const runtime::Call& call, const std::string& login,
                          const Error& error) {
    const auto user = account_of_login(parts, call, login);
    const std::string account = user ? user->id : "";
    const auto& origin = call.origin();
    if (error.code == Code::resource_exhausted) {
        const std::string who = user ? user->id : sha256_hex(to_lower(login));
        parts.refusals.note(origin, account, "slowed down after too many failures",
                            "slowed " + who + " " + origin.address);
    } else if (error.code == Code::unauthenticated) {
        // Each one, also of names that nobody has: else the time that this takes would tell them.
        const bool off = user && !user->active;
        parts.refusals.note(origin, account, off ? "The account is switched off." : error.message,
                            "sign-in " + origin.request_id);
    }
}

void note_refused_key(const Parts& parts, const store::Store& store, const events::Origin& origin,
                      std::string_view secret) {
    std::optional<std::string> session;
    (void)store.read([&](const store::Snapshot& snapshot) -> Result<void> {
        session = parts.tables.sessions.lookup(snapshot, "secret", sha256_hex(secret));
        return {};
    });
    if (session)
        parts.refusals.note(origin, *session, "a key that is over, or whose account is off",
                            "key " + *session);
}

}  // namespace shop::users
