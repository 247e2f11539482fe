// The course's API of the user service.
#include "api/course.hpp"
#include "base/text.hpp"
#include "userd/recovery.hpp"
#include "userd/routes.hpp"
#include "userd/sessions.hpp"
#include "userd/sign_in_audit.hpp"
#include "userd/users.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

constexpr std::int64_t kListMax = 10'000;  // accounts in one answer of /api/users

// `key` only for its owner; null for everybody else.
Json course_user(const api::User& user, const Json& key) {
    return {{"id", user.number},           {"username", user.username},
            {"email", user.email},         {"first_name", user.first_name},
            {"last_name", user.last_name}, {"api_key", key},
            {"is_active", user.active},    {"is_admin", user.role == "admin"}};
}

// The key as the caller presented it: "Basic <key>". Empty where there is none.
std::string presented_key(const Call& call) {
    const std::string_view header = call.request().headers.get("authorization").value_or("");
    const auto blank = header.find(' ');
    return blank == std::string_view::npos ? "" : std::string(trim(header.substr(blank)));
}

Result<Reply> create_user(const Parts& parts, Call& call) {
    SHOP_TRY(form, call.body<api::course::NewUser>());
    SHOP_CHECK(auth::check_new_password(form.password, form.username, form.email));
    SHOP_TRY(hash, auth::hash_password(form.password, parts.sign_in.cost()));
    api::User input;
    input.username = form.username;
    input.email = form.email;
    input.first_name = form.first_name;
    input.last_name = form.last_name;
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(user, create(parts.tables, change, input, hash));
        mail_about_new(parts.tables, change, parts.letters, user);
        return Reply::bytes(
            dump(Json{{"message", "User added"}, {"result", course_user(user, nullptr)}}));
    });
    parts.outbox.wake();
    return reply;
}

Result<Reply> login(const Parts& parts, Call& call) {
    SHOP_TRY(form, call.body<api::course::Login>());
    auto proven = audited(parts, call, form.username,
                          parts.sign_in.prove(form.username, form.password, call.origin().address));
    // Its programs know one refusal only, so one that is slowed down gets that as well.
    if (!proven && proven.error().code == Code::resource_exhausted)
        proven.error().code = Code::unauthenticated;
    if (!proven) return tl::make_unexpected(proven.error());
    CodeCheck check{};
    auto reply = call.commit([&](Change& change) -> Result<Reply> {
        // It has no field for a code: an account with a second factor has no login here.
        SHOP_CHECK(finish_sign_in(parts.tables, change, *proven, std::nullopt, check));
        SHOP_TRY(session, begin_session(parts.tables, change, proven->user, "course",
                                        parts.session_life, agent_of(call)));
        return Reply::bytes(dump(Json{{"message", "Logged in"}, {"api_key", session.secret}}));
    });
    if (reply) proven->attempt.succeeded();
    return audited(parts, call, form.username, std::move(reply));
}

Result<Reply> logout(const Parts& parts, Call& call) {
    if (!call.principal().known()) return Reply::bytes(R"({"message":"You are not logged in"})");
    return call.commit([&](Change& change) -> Result<Reply> {
        end_session(parts.tables, change, call.principal().session_id);
        return Reply::bytes(R"({"message":"You are logged out"})");
    });
}

Result<Reply> exists(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        const std::string& name = call.param("username");
        if (name.size() > 254 || !parts.tables.users.lookup(snapshot, "username", name))
            return fail(Code::not_found, "Cannot find username");
        return Reply::bytes(R"({"result":true})");
    });
}

Result<Reply> get_user(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(user, find_visible(parts.tables, snapshot, "me", call.principal(), ""));
        return Reply::bytes(dump(Json{{"result", course_user(user, presented_key(call))}}));
    });
}

Result<Reply> list_users(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        api::UserQuery query;
        query.limit = kListMax;
        SHOP_TRY(page, list(parts.tables, snapshot, query));
        Json users = Json::array();
        for (const auto& item : page.items)
            users.push_back(course_user(schema::decode_stored<api::User>(item), nullptr));
        return Reply::bytes(dump(users));
    });
}

}  // namespace

void bind_course_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"course_user_create", create_user},
                 {"course_user_login", login},
                 {"course_user_logout", logout},
                 {"course_user_exists", exists},
                 {"course_user_get", get_user},
                 {"course_users", list_users}});
}

}  // namespace shop::users
