// What shop-mail gets on standard input: one mail and where it goes, as JSON.
//
// It holds the password's file, not the password. What it says with its exit code: 0 sent, 75
// (EX_TEMPFAIL) not now, 69 (EX_UNAVAILABLE) never this mail; the reason is one line on standard
// error.
//
// Thread safety: values.
#pragma once

#include <string>

#include "schema/field.hpp"

namespace shop::mail {

inline constexpr int kExitLater = 75;
inline constexpr int kExitNever = 69;

struct SmtpRequest {
    std::string url;
    std::string user;
    std::string password_file;
    std::string ca_file;
    std::string from;  // addresses of the envelope
    std::string to;
    std::string content;  // the whole mail (RFC 5322)
    std::int64_t deadline_seconds = 30;
};

// The password of the file, without the line's end. permission_denied where others may read it.
Result<std::string> read_password(const std::string& path);

}  // namespace shop::mail

namespace shop::schema {
template <>
const StructType& type_of<mail::SmtpRequest>();
}
