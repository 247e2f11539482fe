#include "auth/claims.hpp"

namespace shop::schema {

using auth::Claims;

template <>
const StructType& type_of<Claims>() {
    static const StructType type{"Claims",
                                 "What an access token says.",
                                 {
                                     field<&Claims::iss>("iss", "The service that signed it."),
                                     field<&Claims::sub>("sub", "Id of the user, or the service."),
                                     field<&Claims::aud>("aud", "Whom it is for."),
                                     field<&Claims::iat>("iat", "When it was signed."),
                                     field<&Claims::exp>("exp", "When it ends."),
                                     field<&Claims::num>("num", "The user's number."),
                                     field<&Claims::name>("name", "The user's name."),
                                     field<&Claims::role>("role", "The user's role."),
                                     field<&Claims::sid>("sid", "The user's session."),
                                     field<&Claims::scope>("scope", "What it may do."),
                                 }};
    return type;
}

}  // namespace shop::schema
