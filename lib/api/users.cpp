#include "api/users.hpp"

#include "api/common.hpp"
#include "api/course.hpp"
#include "api/endpoint.hpp"
#include "api/tables.hpp"
#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<User>() {
    static const StructType type{
        "User",
        "A person with an account.",
        {
            field<&User::id>("id", "The account's id.", ReadOnly{},
                             Example{"\"usr_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b\""}),
            field<&User::number>("number", "A small number for people.", ReadOnly{}),
            field<&User::username>("username", "Name to sign in with; lower case.", Required{},
                                   Length{1, 40}, Format::username, Example{"\"ada\""}),
            field<&User::email>("email", "Address for mail.", Required{}, Length{3, 254},
                                Format::email, Example{"\"ada@example.org\""}),
            field<&User::first_name>("first_name", "Given name.", Length{0, 100}),
            field<&User::last_name>("last_name", "Family name.", Length{0, 100}),
            field<&User::role>("role", "What the account may do; GET /v1/roles has all of them.",
                               Length{1, 40}, Format::slug),
            field<&User::active>("active", "Whether it may sign in; only an admin changes it."),
            field<&User::email_verified>("email_verified",
                                         "Whether mail to its address was answered.", ReadOnly{}),
            field<&User::version>("version", "Goes up with each change; the ETag.", ReadOnly{}),
            field<&User::created_at>("created_at", "When it was made.", ReadOnly{}),
            field<&User::updated_at>("updated_at", "When it changed last.", ReadOnly{}),
            field<&User::password>("password", "At least 8 bytes. Never shown.", WriteOnly{},
                                   Length{1, 256}),
            field<&User::current_password>("current_password",
                                           "The password so far, to set another one, or another "
                                           "address, for oneself.",
                                           WriteOnly{}, Length{1, 256}),
        }};
    return type;
}

template <>
const StructType& type_of<UserPage>() {
    static const StructType type{"UserPage", "One page of users.", page_fields<UserPage>()};
    return type;
}

template <>
const StructType& type_of<UserQuery>() {
    static const StructType type{"UserQuery", "Which users.",
                                 with_paging<UserQuery>({field<&UserQuery::role>(
                                     "role", "Only this role.", Length{1, 40}, Format::slug)})};
    return type;
}

template <>
const StructType& type_of<Credentials>() {
    static const StructType type{
        "Credentials",
        "What one signs in with.",
        {
            field<&Credentials::username>("username", "The account's name.", Required{},
                                          Length{1, 254}, Example{"\"ada\""}),
            field<&Credentials::password>("password", "Its password.", Required{}, WriteOnly{},
                                          Length{1, 256}),
            field<&Credentials::code>("code",
                                      "Where the account has a second factor: the code of the "
                                      "authenticator app, or a recovery code.",
                                      WriteOnly{}, Length{6, 20}, Example{"\"287082\""}),
        }};
    return type;
}

template <>
const StructType& type_of<Session>() {
    static const StructType type{
        "Session",
        "A sign-in: a short-lived access token, and a refresh token that gives the next one.",
        {
            field<&Session::id>("id", "The session's id.", ReadOnly{}),
            field<&Session::access_token>("access_token", "Send it as `Authorization: Bearer`.",
                                          ReadOnly{}),
            field<&Session::access_expires_at>("access_expires_at", "When it ends.", ReadOnly{}),
            field<&Session::refresh_token>(
                "refresh_token", "Works once; the answer carries the next one.", ReadOnly{}),
            field<&Session::expires_at>("expires_at", "When the whole session ends.", ReadOnly{}),
            field<&Session::user>("user", "Who signed in.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<RefreshRequest>() {
    static const StructType type{
        "RefreshRequest",
        "A refresh token.",
        {field<&RefreshRequest::refresh_token>("refresh_token", "From the session.", Required{},
                                               WriteOnly{}, Length{1, 200})}};
    return type;
}

template <>
const StructType& type_of<IntrospectRequest>() {
    static const StructType type{
        "IntrospectRequest",
        "A token to look into.",
        {field<&IntrospectRequest::token>("token", "An access token, or a key of the course's API.",
                                          Required{}, WriteOnly{}, Length{1, 4096})}};
    return type;
}

template <>
const StructType& type_of<Introspection>() {
    static const StructType type{
        "Introspection",
        "Whose token it is (after RFC 7662). An unknown token is not active, and no error.",
        {
            field<&Introspection::active>("active", "Whether it works now.", ReadOnly{}),
            field<&Introspection::user_id>("user_id", "Whose it is.", ReadOnly{}),
            field<&Introspection::number>("number", "That user's number.", ReadOnly{}),
            field<&Introspection::username>("username", "That user's name.", ReadOnly{}),
            field<&Introspection::role>("role", "That user's role.", ReadOnly{}),
            field<&Introspection::scopes>(
                "scopes", "What it may do, where that is not all of its role.", ReadOnly{}),
            field<&Introspection::session_id>("session_id", "The session.", ReadOnly{}),
            field<&Introspection::expires_at>("expires_at", "When it ends.", ReadOnly{}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::api {
namespace {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> own_endpoints() {
    const auto *user = &type_of<User>(), *session = &type_of<Session>();
    return {
        {.id = "user_create",
         .method = "POST",
         .path = "/v1/users",
         .summary = "Register an account",
         .scope = scope::kOpen,
         .request = user,
         .response = user,
         .status = 201,
         .idempotency = Idempotency::optional,
         .errors = {Code::already_exists, Code::permission_denied, Code::unauthenticated}},
        {.id = "user_list",
         .method = "GET",
         .path = "/v1/users",
         .summary = "List accounts",
         .scope = scope::kUsersRead,
         .query = &type_of<UserQuery>(),
         .response = &type_of<UserPage>()},
        {.id = "user_get",
         .method = "GET",
         .path = "/v1/users/{user}",
         .summary = "Get an account by id, number, username or `me`",
         .scope = scope::kSignedIn,
         .response = user,
         .errors = {Code::not_found}},
        {.id = "user_update",
         .method = "PATCH",
         .path = "/v1/users/{user}",
         .summary = "Change an account",
         .scope = scope::kSignedIn,
         .request = user,
         .response = user,
         .if_match = true,
         .patch = true,
         .errors = {Code::not_found, Code::already_exists, Code::conflict,
                    Code::resource_exhausted}},
        {.id = "user_delete",
         .method = "DELETE",
         .path = "/v1/users/{user}",
         .summary = "Delete an account and end its sessions",
         .scope = scope::kSignedIn,
         .status = 204,
         .errors = {Code::not_found, Code::conflict}},
        {.id = "session_create",
         .method = "POST",
         .path = "/v1/sessions",
         .summary = "Sign in",
         .scope = scope::kOpen,
         .request = &type_of<Credentials>(),
         .response = session,
         .status = 201,
         .errors = {Code::unauthenticated, Code::resource_exhausted}},
        {.id = "session_refresh",
         .method = "POST",
         .path = "/v1/sessions/refresh",
         .summary = "Get the next access token",
         .scope = scope::kOpen,
         .request = &type_of<RefreshRequest>(),
         .response = session,
         .errors = {Code::unauthenticated}},
        {.id = "session_delete",
         .method = "DELETE",
         .path = "/v1/sessions/current",
         .summary = "Sign out",
         .scope = scope::kSignedIn,
         .status = 204},
        {.id = "session_introspect",
         .method = "POST",
         .path = "/v1/sessions/introspect",
         .summary = "Tell whose token it is",
         .scope = scope::kSessionsIntrospect,
         .request = &type_of<IntrospectRequest>(),
         .response = &type_of<Introspection>()},
    };
}

}  // namespace

const ServiceTable& users_service() {
    static const ServiceTable table = [] {
        auto own = own_endpoints();
        for (const auto part : {role_endpoints, session_endpoints, api_key_endpoints,
                                recovery_endpoints, second_factor_endpoints, signing_key_endpoints})
            for (auto& row : part()) own.push_back(std::move(row));
        return make_table("userd", "Accounts and sessions", 5001, std::move(own),
                          course::users_endpoints());
    }();
    return table;
}

}  // namespace shop::api
