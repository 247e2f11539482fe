#include "api/api_keys.hpp"

#include "api/sessions.hpp"
#include "api/tables.hpp"
#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<ApiKeyInput>() {
    using T = ApiKeyInput;
    static const StructType type{
        "ApiKeyInput",
        "A key to make. It ends after `days`, or at `expires_at`.",
        {
            field<&T::name>("name", "What it is for.", Required{}, Length{1, 100},
                            Example{"\"nightly import\""}),
            field<&T::scopes>("scopes", "What it may do; nothing that its maker may not.",
                              Required{}, Length{1, 50},
                              Example{R"(["products:write","stock:write"])"}),
            field<&T::days>("days", "How many days it lives; 90 where nothing is said.",
                            Range{1, kKeyDaysMax}),
            field<&T::expires_at>("expires_at", "When it ends; at most 365 days from now."),
        }};
    return type;
}

template <>
const StructType& type_of<ApiKey>() {
    using T = ApiKey;
    static const StructType type{
        "ApiKey",
        "A key for programs, which get access tokens with it, or a login of the course's API.",
        {
            field<&T::id>("id", "The key's id.", ReadOnly{}),
            field<&T::user_id>("user_id", "Whose it is.", ReadOnly{}),
            field<&T::kind>("kind", "key: an API key; course: a login of the course's API.",
                            ReadOnly{}, OneOf{{"key", "course"}}),
            field<&T::name>("name", "What it is for.", ReadOnly{}),
            field<&T::prefix>("prefix", "How its secret begins.", ReadOnly{},
                              Example{"\"key_AbCd\""}),
            field<&T::scopes>("scopes",
                              "What it may do, as far as the account may; absent: all of that.",
                              ReadOnly{}),
            field<&T::created_at>("created_at", "When it was made.", ReadOnly{}),
            field<&T::last_used_at>("last_used_at", "When it was used last, to the minute.",
                                    ReadOnly{}),
            field<&T::expires_at>("expires_at", "When it ends.", ReadOnly{}),
            field<&T::previous_expires_at>("previous_expires_at",
                                           "After a rotation: until when the secret before works.",
                                           ReadOnly{}),
            field<&T::secret>("secret", "The key itself; shown this once.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<ApiKeyPage>() {
    static const StructType type{"ApiKeyPage", "One page of keys.", page_fields<ApiKeyPage>()};
    return type;
}

template <>
const StructType& type_of<RotateInput>() {
    static const StructType type{"RotateInput",
                                 "How the secret of a key changes.",
                                 {field<&RotateInput::overlap_hours>(
                                     "overlap_hours", "How many hours the one before goes on.",
                                     Range{0, kKeyOverlapHoursMax}, Example{"24"})}};
    return type;
}

template <>
const StructType& type_of<TokenRequest>() {
    static const StructType type{
        "TokenRequest",
        "A key to get an access token with.",
        {field<&TokenRequest::api_key>("api_key", "The key's secret.", Required{}, WriteOnly{},
                                       Length{1, 200})}};
    return type;
}

template <>
const StructType& type_of<AccessToken>() {
    static const StructType type{
        "AccessToken",
        "An access token.",
        {
            field<&AccessToken::access_token>("access_token", "Send it as `Authorization: Bearer`.",
                                              ReadOnly{}),
            field<&AccessToken::expires_at>("expires_at", "When it ends; ask for the next before.",
                                            ReadOnly{}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::api {
namespace {

using schema::type_of;
namespace scope = auth::scope;

// No row keeps answers for an idempotency key: they hold secrets.
std::vector<Endpoint> key_endpoints() {
    const auto* key = &type_of<ApiKey>();
    return {
        {.id = "api_key_create",
         .method = "POST",
         .path = "/v1/api-keys",
         .summary = "Make an API key; its secret is shown this once",
         .scope = scope::kSignedIn,
         .request = &type_of<ApiKeyInput>(),
         .response = key,
         .status = 201,
         .errors = {Code::conflict}},
        {.id = "api_key_list",
         .method = "GET",
         .path = "/v1/api-keys",
         .summary = "List one's keys, or another account's with users:read",
         .scope = scope::kSignedIn,
         .query = &type_of<SessionQuery>(),
         .response = &type_of<ApiKeyPage>(),
         .errors = {Code::not_found}},
        {.id = "api_key_get",
         .method = "GET",
         .path = "/v1/api-keys/{key}",
         .summary = "Get a key, without its secret",
         .scope = scope::kSignedIn,
         .response = key,
         .errors = {Code::not_found}},
        {.id = "api_key_delete",
         .method = "DELETE",
         .path = "/v1/api-keys/{key}",
         .summary = "End a key",
         .scope = scope::kSignedIn,
         .status = 204,
         .errors = {Code::not_found}},
        {.id = "api_key_rotate",
         .method = "POST",
         .path = "/v1/api-keys/{key}/rotate",
         .summary = "Give one's key a new secret, shown this once",
         .scope = scope::kSignedIn,
         .request = &type_of<RotateInput>(),
         .response = key,
         .errors = {Code::not_found}},
    };
}

}  // namespace

std::vector<Endpoint> api_key_endpoints() {
    auto rows = key_endpoints();
    rows.push_back({.id = "token_create",
                    .method = "POST",
                    .path = "/v1/tokens",
                    .summary = "Get an access token for an API key",
                    .scope = scope::kOpen,
                    .request = &type_of<TokenRequest>(),
                    .response = &type_of<AccessToken>(),
                    .status = 201,
                    .errors = {Code::unauthenticated}});
    return rows;
}

}  // namespace shop::api
