#include "userd/users.hpp"

#include "base/id.hpp"
#include "base/text.hpp"
#include "userd/recovery.hpp"
#include "userd/roles.hpp"
#include "userd/sessions.hpp"

namespace shop::users {
namespace {

namespace scope = auth::scope;

Failure no_such_user(std::string_view ref) {
    return fail(Code::not_found, "There is no account " + shorten(ref, 60) + ".");
}

std::optional<api::User> resolve(const Tables& tables, const store::Snapshot& snapshot,
                                 std::string_view ref) {
    if (is_id(ref, "usr")) return tables.users.get(snapshot, ref);
    if (const auto number = parse_int(ref))
        if (auto user = tables.users.get_by(snapshot, "number", store::key_of(*number)))
            return user;
    return tables.users.get_by(snapshot, "username", ref);
}

// A username that would stand for another account in a path is refused.
Result<void> check_username(const std::string& username) {
    if (username != "me" && !parse_int(username) && !is_id(username, "usr")) return {};
    return fail_field("/username",
                      "must not be a number, an id or \"me\", which name accounts by other means");
}

bool is_active_admin(const api::User& user) { return user.role == "admin" && user.active; }

// Whether another active administrator is there.
bool is_last_admin(const Tables& tables, const store::Snapshot& snapshot, const api::User& user) {
    if (!is_active_admin(user)) return false;
    bool other = false;
    tables.users.walk_equal(
        snapshot, "role", "admin", "", false, [&](std::string_view id, std::string_view) {
            const auto admin = id == user.id ? std::nullopt : tables.users.get(snapshot, id);
            other = admin && admin->active;
            return !other;
        });
    return !other;
}

// Somebody else's account can be changed by who has its rights: else a new password would give
// them away.
Result<void> check_reach(const Tables& tables, const store::Snapshot& snapshot,
                         const auth::Principal& who, const api::User& user) {
    if (user.id == who.user_id || may_all_of_role(tables, snapshot, who, user.role)) return {};
    return fail(Code::permission_denied,
                "The account " + user.username +
                    " may more than you, so it is not yours to change. Ask an administrator.");
}

// already_exists names the field; the collection's own message would not.
Result<void> check_unique(const Tables& tables, const store::Snapshot& snapshot,
                          const api::User& user) {
    const auto taken = [&](std::string_view index, const std::string& key, const char* pointer,
                           const std::string& message) -> Result<void> {
        const auto other = tables.users.lookup(snapshot, index, key);
        if (!other || *other == user.id) return {};
        return tl::make_unexpected(Error{Code::already_exists, message, {{pointer, "is taken"}}});
    };
    SHOP_CHECK(taken("username", user.username, "/username",
                     "The username " + user.username + " is taken. Choose another one."));
    return taken(
        "email", to_lower(user.email), "/email",
        "There is an account with this e-mail address. Sign in with it, or use another one.");
}

}  // namespace

Result<api::User> find_visible(const Tables& tables, const store::Snapshot& snapshot,
                               std::string_view ref, const auth::Principal& who,
                               std::string_view scope) {
    const auto user = resolve(tables, snapshot, ref == "me" ? who.user_id : ref);
    if (!user || (user->id != who.user_id && !who.may(scope))) return no_such_user(ref);
    return *user;
}

std::optional<api::User> find_by_login(const Tables& tables, const store::Snapshot& snapshot,
                                       std::string_view login) {
    const std::string key = to_lower(login);
    if (key.empty() || key.size() > 254) return std::nullopt;
    if (auto user = tables.users.get_by(snapshot, "username", key)) return user;
    return tables.users.get_by(snapshot, "email", key);
}

Result<api::User> create(const Tables& tables, events::Change& change, api::User user,
                         const std::string& password_hash) {
    const bool privileged = user.role != "customer" || !user.active;
    if (privileged && !change.origin().principal.may(scope::kUsersWrite))
        return fail(Code::permission_denied,
                    "Only an administrator gives another role than customer, or makes an account "
                    "that may not sign in.");
    if (privileged)
        SHOP_CHECK(check_can_give(tables, change.tx(), change.origin().principal, user.role));
    SHOP_CHECK(check_username(user.username));
    user.id = new_id("usr");
    SHOP_CHECK(check_unique(tables, change.tx(), user));
    user.number = store::next_number(change.tx(), tables.counters, "user");
    user.version = 1;
    user.created_at = user.updated_at = change.now();
    user.password.reset();
    user.current_password.reset();
    SHOP_CHECK(tables.users.put(change.tx(), user));
    change.tx().put(tables.credentials, user.id, password_hash);
    change.emit("user.created", user.id, schema::encode(user), nullptr);
    return user;
}

Result<api::User> update(const Tables& tables, events::Change& change, const UserUpdate& update) {
    const auto& who = change.origin().principal;
    SHOP_TRY(before, find_visible(tables, change.tx(), update.ref, who, scope::kUsersWrite));
    if (update.version != 0 && update.version != before.version)
        return fail(
            Code::failed_precondition,
            "The account has changed since you read it. Read it again and repeat the change.");
    SHOP_TRY(after, schema::merge_patch(before, update.patch));
    SHOP_CHECK(check_reach(tables, change.tx(), who, before));
    const bool standing = after.role != before.role || after.active != before.active;
    if (standing && !who.may(scope::kUsersWrite))
        return fail(Code::permission_denied, "Only an administrator changes role and active.");
    if (after.role != before.role) SHOP_CHECK(check_can_give(tables, change.tx(), who, after.role));
    if (!is_active_admin(after) && is_last_admin(tables, change.tx(), before))
        return fail(
            Code::conflict,
            "This is the last administrator. Make another one first, then change this one.");
    if (after.username != before.username) SHOP_CHECK(check_username(after.username));
    SHOP_CHECK(check_unique(tables, change.tx(), after));
    const bool new_address = to_lower(after.email) != to_lower(before.email);
    if (new_address) after.email_verified = false;
    after.version = before.version + 1;
    after.updated_at = change.now();
    after.password.reset();
    after.current_password.reset();
    SHOP_CHECK(tables.users.put(change.tx(), after));
    if (!update.password_hash.empty())
        change.tx().put(tables.credentials, after.id, update.password_hash);
    if (new_address || !update.password_hash.empty()) end_mail_tokens_of(tables, change, after.id);
    Json former = schema::encode(before);
    // That it changed is told, and nothing of it.
    if (!update.password_hash.empty()) former["password"] = true;
    change.emit("user.updated", after.id, schema::encode(after), std::move(former));
    // With other rights everything ends, also what the caller came by: it says the old ones.
    if (standing)
        end_sessions_of(tables, change, after.id, "");
    else if (!update.password_hash.empty())
        end_sign_ins_of(tables, change, after.id, who.session_id);
    return after;
}

Result<void> remove(const Tables& tables, events::Change& change, std::string_view ref) {
    SHOP_TRY(user,
             find_visible(tables, change.tx(), ref, change.origin().principal, scope::kUsersWrite));
    SHOP_CHECK(check_reach(tables, change.tx(), change.origin().principal, user));
    if (is_last_admin(tables, change.tx(), user))
        return fail(Code::conflict, "This is the last administrator. Make another one first.");
    end_sessions_of(tables, change, user.id, "");
    change.tx().erase(tables.credentials, user.id);
    forget_mails_of(tables, change, user.id);
    tables.second_factors.erase(change.tx(), user.id);
    tables.users.erase(change.tx(), user.id);
    change.emit("user.deleted", user.id, Json{{"id", user.id}, {"number", user.number}},
                schema::encode(user));
    return {};
}

std::string password_hash_of(const Tables& tables, const store::Snapshot& snapshot,
                             std::string_view user_id) {
    if (user_id.empty()) return "";
    return std::string(snapshot.get(tables.credentials, user_id).value_or(""));
}

bool has_admin(const Tables& tables, const store::Snapshot& snapshot) {
    bool found = false;
    tables.users.walk_equal(snapshot, "role", "admin", "", false,
                            [&](std::string_view, std::string_view) {
                                found = true;
                                return false;
                            });
    return found;
}

Result<Page> list(const Tables& tables, const store::Snapshot& snapshot,
                  const api::UserQuery& query) {
    Page page;
    std::string after;
    if (query.role && !find_role(tables, snapshot, *query.role))
        return fail_field("role", "is none of the shop's roles; see: shopctl role list");
    if (query.cursor) {
        const auto position = from_base64url(*query.cursor);
        if (!position || position->empty())
            return fail_field("cursor", "is not one of ours; start again without it");
        after = *position;
    }
    std::string last;
    const auto visit = [&](std::string_view id, std::string_view position) {
        if (page.items.size() == static_cast<std::size_t>(query.limit)) {
            page.next_cursor = base64url(last);
            return false;
        }
        page.items.emplace_back(tables.users.raw(snapshot, id).value_or("{}"));
        last = position;
        return true;
    };
    // Ids are time-ordered, so both walks give the order of the numbers.
    if (query.role)
        tables.users.walk_equal(snapshot, "role", *query.role, after, false, visit);
    else
        tables.users.walk(snapshot, "number", after, false, visit);
    return page;
}

}  // namespace shop::users
