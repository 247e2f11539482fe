#include "api/sessions.hpp"

#include "api/tables.hpp"
#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<SessionInfo>() {
    using T = SessionInfo;
    static const StructType type{
        "SessionInfo",
        "Something that gives access to an account: a sign-in, or a key.",
        {
            field<&T::id>("id", "Its id.", ReadOnly{}),
            field<&T::user_id>("user_id", "Whose it is.", ReadOnly{}),
            field<&T::kind>("kind",
                            "token: a sign-in; course: one of the course's API; key: an API key.",
                            ReadOnly{}, OneOf{{"token", "course", "key"}}),
            field<&T::name>("name", "What the key is called.", ReadOnly{}),
            field<&T::prefix>("prefix", "How the key begins.", ReadOnly{}),
            field<&T::scopes>("scopes", "What the key may do, as far as the account may.",
                              ReadOnly{}),
            field<&T::created_at>("created_at", "When it began.", ReadOnly{}),
            field<&T::last_used_at>("last_used_at",
                                    "When it was used last, to the minute; a sign-in: when it gave "
                                    "an access token.",
                                    ReadOnly{}),
            field<&T::expires_at>("expires_at", "When it ends.", ReadOnly{}),
            field<&T::address>("address", "From where it was made.", ReadOnly{}),
            field<&T::user_agent>("user_agent", "With which program.", ReadOnly{}),
            field<&T::current>("current", "Whether this call came by it.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<SessionPage>() {
    static const StructType type{"SessionPage", "One page of sign-ins and keys.",
                                 page_fields<SessionPage>()};
    return type;
}

template <>
const StructType& type_of<SessionQuery>() {
    static const StructType type{
        "SessionQuery", "Whose sign-ins or keys.",
        with_paging<SessionQuery>({field<&SessionQuery::user>(
            "user", "Of this account (id, number or username) instead of one's own.",
            Length{1, 64})})};
    return type;
}

template <>
const StructType& type_of<SessionEndQuery>() {
    static const StructType type{
        "SessionEndQuery",
        "Which sign-ins end.",
        {
            field<&SessionEndQuery::others>("others", "All but the one that asks."),
            field<&SessionEndQuery::user>(
                "user", "Those of this account (id, number or username) instead of one's own.",
                Length{1, 64}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> session_endpoints() {
    return {
        {.id = "session_list",
         .method = "GET",
         .path = "/v1/sessions",
         .summary = "List one's sign-ins and keys, or another account's with users:read",
         .scope = scope::kSignedIn,
         .query = &type_of<SessionQuery>(),
         .response = &type_of<SessionPage>(),
         .errors = {Code::not_found}},
        {.id = "session_end",
         .method = "DELETE",
         .path = "/v1/sessions/{session}",
         .summary = "End a sign-in or a key",
         .scope = scope::kSignedIn,
         .status = 204,
         .errors = {Code::not_found}},
        {.id = "session_end_all",
         .method = "DELETE",
         .path = "/v1/sessions",
         .summary = "End all sign-ins of an account; its API keys stay",
         .scope = scope::kSignedIn,
         .query = &type_of<SessionEndQuery>(),
         .status = 204,
         .errors = {Code::not_found}},
    };
}

}  // namespace shop::api
