#include "mail/smtp_request.hpp"

#include "base/secret_file.hpp"

namespace shop::schema {

template <>
const StructType& type_of<mail::SmtpRequest>() {
    using T = mail::SmtpRequest;
    static const StructType type{
        "SmtpRequest",
        "One mail for shop-mail.",
        {
            field<&T::url>("url", "smtp:// or smtps:// and the server.", Required{}),
            field<&T::user>("user", "Who signs in there.", Length{0, 300}),
            field<&T::password_file>("password_file", "File with the password.", Length{0, 4000}),
            field<&T::ca_file>("ca_file", "PEM of who signs certificates.", Length{0, 4000}),
            field<&T::from>("from", "The sender's address.", Required{}),
            field<&T::to>("to", "The recipient's address.", Required{}),
            field<&T::content>("content", "The mail.", Required{}, Length{1, 128 * 1024}),
            field<&T::deadline_seconds>("deadline_seconds", "For all of it.", Range{1, 600}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::mail {

Result<std::string> read_password(const std::string& path) {
    SHOP_TRY(password, read_secret_file(path));
    if (password.empty()) return fail(Code::invalid_argument, path + " has no password in it.");
    return std::move(password);
}

}  // namespace shop::mail
