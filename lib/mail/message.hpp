// One mail, and its text as RFC 5322 and MIME have it.
//
// Thread safety: values; free functions without shared state.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::mail {

// Who mails come from. `name` may be empty.
struct Sender {
    std::string address;
    std::string name;
};

struct Message {
    std::string id;  // of the shop's own; with the sender's domain it is the Message-ID, so that a
                     // mail that is sent twice can be told from two
    Time date{};
    std::string to;
    std::string subject;
    std::string text;  // plain text, UTF-8, lines end with LF
};

// Whether mail can go to this address: one address in ASCII, without a name, blanks, quotes or
// angle brackets. invalid_argument says what is wrong; the address is not repeated.
Result<void> check_address(std::string_view address);

// The whole mail; lines end with LF, and whoever sends it makes CRLF of that. What is not ASCII is
// encoded (RFC 2047, base64), so that any server takes it. invalid_argument where a field holds a
// line break or another control character, an address is none, or the text is no UTF-8: nobody
// writes fields of their own.
Result<std::string> compose(const Message& message, const Sender& from);

}  // namespace shop::mail
