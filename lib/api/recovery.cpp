#include "api/recovery.hpp"

#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<PasswordResetRequest>() {
    using T = PasswordResetRequest;
    static const StructType type{
        "PasswordResetRequest",
        "Whose password was forgotten.",
        {field<&T::email>("email", "The account's address.", Required{}, Length{3, 254},
                          Format::email, Example{"\"ada@example.org\""})}};
    return type;
}

template <>
const StructType& type_of<PasswordReset>() {
    using T = PasswordReset;
    static const StructType type{
        "PasswordReset",
        "A new password, with the token of the mail.",
        {
            field<&T::token>("token", "From the mail.", Required{}, WriteOnly{}, Length{1, 200}),
            field<&T::password>("password", "As in User.", Required{}, WriteOnly{}, Length{1, 256}),
        }};
    return type;
}

template <>
const StructType& type_of<EmailVerification>() {
    using T = EmailVerification;
    static const StructType type{
        "EmailVerification",
        "The proof that mail to an address arrives.",
        {field<&T::token>("token", "From the mail.", Required{}, WriteOnly{}, Length{1, 200})}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

std::vector<Endpoint> recovery_endpoints() {
    using schema::type_of;
    return {
        {.id = "password_reset_create",
         .method = "POST",
         .path = "/v1/password-resets",
         .summary = "Mail a token for a new password; answers the same whoever it is",
         .scope = auth::scope::kOpen,
         .request = &type_of<PasswordResetRequest>(),
         .status = 202},
        {.id = "password_reset_complete",
         .method = "POST",
         .path = "/v1/password-resets/complete",
         .summary = "Set a new password with the token of the mail, and end all sessions",
         .scope = auth::scope::kOpen,
         .request = &type_of<PasswordReset>(),
         .status = 204,
         .errors = {Code::unauthenticated}},
        {.id = "email_verification_create",
         .method = "POST",
         .path = "/v1/email-verifications",
         .summary = "Mail a token to one's own address",
         .scope = auth::scope::kSignedIn,
         .status = 202,
         .errors = {Code::not_found, Code::conflict, Code::resource_exhausted}},
        {.id = "email_verification_complete",
         .method = "POST",
         .path = "/v1/email-verifications/complete",
         .summary = "Confirm an address with the token of the mail",
         .scope = auth::scope::kOpen,
         .request = &type_of<EmailVerification>(),
         .status = 204,
         .errors = {Code::unauthenticated}},
    };
}

}  // namespace shop::api
