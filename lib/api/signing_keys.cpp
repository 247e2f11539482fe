#include "api/signing_keys.hpp"

#include "api/tables.hpp"
#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<SigningKey>() {
    static const StructType type{
        "SigningKey",
        "A key of userd's that signs access tokens; its public half is in "
        "/.well-known/jwks.json.",
        {
            field<&SigningKey::kid>("kid", "Its thumbprint (RFC 7638), which tokens name.",
                                    ReadOnly{}),
            field<&SigningKey::state>("state",
                                      "current: it signs; next: it is the next to sign; previous: "
                                      "what it signed is still good.",
                                      ReadOnly{}, OneOf{{"current", "next", "previous"}}),
            field<&SigningKey::since>("since", "Since when it has been that.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<SigningKeyList>() {
    static const StructType type{
        "SigningKeyList",
        "All signing keys.",
        {field<&SigningKeyList::items>("items", "The current one first.", ReadOnly{})}};
    return type;
}

template <>
const StructType& type_of<RotateRequest>() {
    static const StructType type{
        "RotateRequest",
        "How to rotate the signing keys.",
        {field<&RotateRequest::now>("now",
                                    "Somebody may have the keys: no key that is there now is good "
                                    "any more, so all access tokens end. Sign-ins go on.")}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

using schema::type_of;

std::vector<Endpoint> signing_key_endpoints() {
    const auto* list = &type_of<SigningKeyList>();
    return {
        {.id = "signing_key_list",
         .method = "GET",
         .path = "/v1/signing-keys",
         .summary = "List the keys that sign access tokens",
         .scope = auth::scope::kKeysWrite,
         .response = list},
        {.id = "signing_key_rotate",
         .method = "POST",
         .path = "/v1/signing-keys/rotate",
         .summary = "Sign access tokens with the next key",
         .scope = auth::scope::kKeysWrite,
         .request = &type_of<RotateRequest>(),
         .response = list,
         .idempotency = Idempotency::optional,
         .errors = {Code::conflict}},
        {.id = "jwks",
         .method = "GET",
         .path = "/.well-known/jwks.json",
         .summary = "Get the public keys of access tokens, as a JWK set",
         .scope = auth::scope::kOpen,
         .media = "application/jwk-set+json",
         .style = Style::probe},
    };
}

}  // namespace shop::api
