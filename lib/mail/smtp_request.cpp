#include "mail/smtp_request.hpp"

#include <sys/stat.h>

#include "base/file.hpp"
#include "base/text.hpp"

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
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return fail(Code::not_found, "there is no file " + path + ".");
    if (status.st_mode & 077)
        return fail(Code::permission_denied, "others may read " + path + ". Do: chmod 600 " + path);
    SHOP_TRY(text, read_file(path, 4096));
    std::string password(trim(text));
    if (password.empty()) return fail(Code::invalid_argument, path + " has no password in it.");
    return password;
}

}  // namespace shop::mail
