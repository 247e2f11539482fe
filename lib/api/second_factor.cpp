#include "api/second_factor.hpp"

#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<SecondFactor>() {
    using T = SecondFactor;
    static const StructType type{
        "SecondFactor",
        "Whether one's sign-in needs a code besides the password.",
        {
            field<&T::enabled>("enabled", "Whether it does.", ReadOnly{}),
            field<&T::recovery_codes_left>("recovery_codes_left",
                                           "Recovery codes that were not used yet.", ReadOnly{}),
            field<&T::required>("required",
                                "Whether the shop wants it: without it the account has no rights "
                                "but to set it up.",
                                ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<SecondFactorStart>() {
    static const StructType type{
        "SecondFactorStart",
        "What one sets up a second factor with.",
        {field<&SecondFactorStart::password>("password", "The account's password.", Required{},
                                             WriteOnly{}, Length{1, 256})}};
    return type;
}

template <>
const StructType& type_of<SecondFactorSecret>() {
    using T = SecondFactorSecret;
    static const StructType type{
        "SecondFactorSecret",
        "What the authenticator app has to know. Not in force until a code of it was confirmed.",
        {
            field<&T::secret>("secret", "In base32, to be typed in.", ReadOnly{}),
            field<&T::uri>("uri", "The same as `otpauth://…`, for a QR code.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<SecondFactorCode>() {
    static const StructType type{
        "SecondFactorCode",
        "A code.",
        {field<&SecondFactorCode::code>("code", "Of the authenticator app, or a recovery code.",
                                        Required{}, WriteOnly{}, Length{6, 20},
                                        Example{"\"287082\""})}};
    return type;
}

template <>
const StructType& type_of<RecoveryCodes>() {
    static const StructType type{
        "RecoveryCodes",
        "Codes for the day on which the app is not at hand. They are shown this once.",
        {field<&RecoveryCodes::recovery_codes>("recovery_codes", "Each works once.", ReadOnly{},
                                               Example{R"(["k3vq-7mzd-a2wx"])"})}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> second_factor_endpoints() {
    const auto* code = &type_of<SecondFactorCode>();
    const std::vector<Code> errors{Code::conflict, Code::resource_exhausted};
    return {
        {.id = "second_factor_get",
         .method = "GET",
         .path = "/v1/second-factor",
         .summary = "Tell whether one's sign-in needs a second factor",
         .scope = scope::kSignedIn,
         .response = &type_of<SecondFactor>()},
        {.id = "second_factor_start",
         .method = "POST",
         .path = "/v1/second-factor",
         .summary = "Get the secret for an authenticator app",
         .scope = scope::kSignedIn,
         .request = &type_of<SecondFactorStart>(),
         .response = &type_of<SecondFactorSecret>(),
         .errors = errors},
        {.id = "second_factor_confirm",
         .method = "POST",
         .path = "/v1/second-factor/confirm",
         .summary = "Put one's second factor in force and get recovery codes",
         .scope = scope::kSignedIn,
         .request = code,
         .response = &type_of<RecoveryCodes>(),
         .errors = errors},
        {.id = "second_factor_recovery_codes",
         .method = "POST",
         .path = "/v1/second-factor/recovery-codes",
         .summary = "Get new recovery codes; the former ones end",
         .scope = scope::kSignedIn,
         .request = code,
         .response = &type_of<RecoveryCodes>(),
         .errors = errors},
        {.id = "second_factor_disable",
         .method = "POST",
         .path = "/v1/second-factor/disable",
         .summary = "Sign in with the password alone again",
         .scope = scope::kSignedIn,
         .request = code,
         .status = 204,
         .errors = errors},
        {.id = "second_factor_reset",
         .method = "DELETE",
         .path = "/v1/users/{user}/second-factor",
         .summary = "Take the second factor off another's account and end its sessions",
         .scope = scope::kUsersWrite,
         .status = 204,
         .errors = {Code::not_found, Code::conflict}},
    };
}

}  // namespace shop::api
