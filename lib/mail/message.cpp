#include "mail/message.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace shop::mail {
namespace {

constexpr std::size_t kAddressBytesMax = 254;  // RFC 5321
constexpr std::size_t kFieldBytesMax = 500;
constexpr std::size_t kTextBytesMax = 32 * 1024;
constexpr std::size_t kLineBytesMax = 998;  // RFC 5322
// Bytes of text in one encoded word: base64 makes 60 characters of them, of the 75 that it may
// have.
constexpr std::size_t kWordBytes = 45;
constexpr std::size_t kEncodedLine = 76;

bool is_printable(char c) { return c >= ' ' && c <= '~'; }
bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_printable(c) || c == '\n'; });
}
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

Result<void> check_field(const char* name, std::string_view value) {
    if (value.size() > kFieldBytesMax || std::ranges::any_of(value, is_control) || !is_utf8(value))
        return fail(Code::invalid_argument,
                    fmt::format("The {} of a mail must be one line of UTF-8 of at most {} bytes.",
                                name, kFieldBytesMax));
    return {};
}

Result<void> check_text(std::string_view text) {
    const auto bad = [](char c) { return is_control(c) && c != '\n' && c != '\t'; };
    if (text.size() > kTextBytesMax || std::ranges::any_of(text, bad) || !is_utf8(text))
        return fail(Code::invalid_argument,
                    fmt::format("The text of a mail must be UTF-8 without control characters, of "
                                "at most {} bytes.",
                                kTextBytesMax));
    return {};
}

// RFC 2047: "=?UTF-8?B?…?=", in several words where it is long, never cut inside a character.
std::string encoded_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t size = std::min(kWordBytes, text.size());
        while (size < text.size() && is_continuation(text[size])) --size;
        out += (out.empty() ? "" : "\n ") + ("=?UTF-8?B?" + base64(text.substr(0, size)) + "?=");
        text.remove_prefix(size);
    }
    return out;
}

std::string header_text(std::string_view text) {
    // A line that is folded by nobody stays below the 998 bytes of RFC 5322: see check_field.
    return is_ascii(text) && text.find("=?") == text.npos ? std::string(text) : encoded_words(text);
}

std::string mailbox(const Sender& sender) {
    if (sender.name.empty()) return sender.address;
    if (!is_ascii(sender.name)) return encoded_words(sender.name) + " <" + sender.address + ">";
    std::string quoted;
    for (const char c : sender.name) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return "\"" + quoted + "\" <" + sender.address + ">";
}

std::string date_of(Time time) {
    // Names of days and months are English there, whatever the locale.
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

bool fits_as_it_is(std::string_view text) {
    return is_ascii(text) && std::ranges::all_of(split(text, '\n'), [](std::string_view line) {
               return line.size() <= kLineBytesMax;
           });
}

// The body's transfer encoding and the body. A text in MIME has CRLF, whatever codes it.
std::string body_of(std::string text) {
    if (!text.ends_with('\n')) text += '\n';
    if (fits_as_it_is(text)) return "Content-Transfer-Encoding: 7bit\n\n" + text;
    std::string lines;
    for (const char c : text) lines += c == '\n' ? "\r\n" : std::string(1, c);
    const std::string coded = base64(lines);
    std::string out = "Content-Transfer-Encoding: base64\n\n";
    for (std::size_t at = 0; at < coded.size(); at += kEncodedLine)
        out += coded.substr(at, kEncodedLine) + "\n";
    return out;
}

}  // namespace

Result<void> check_address(std::string_view address) {
    const auto at = address.rfind('@');
    const auto bad = [](char c) {
        return !is_printable(c) || std::string_view(" ()<>[]:;,\\\"").find(c) != std::string::npos;
    };
    if (at == 0 || at == address.npos || at + 1 == address.size() ||
        address.size() > kAddressBytesMax || std::ranges::any_of(address, bad) ||
        address.find('@') != at)
        return fail(Code::invalid_argument,
                    "This is no address that mail can go to: it must be like ann@example.org.");
    return {};
}

Result<std::string> compose(const Message& message, const Sender& from) {
    SHOP_CHECK(check_address(message.to));
    SHOP_CHECK(check_address(from.address));
    SHOP_CHECK(check_field("sender's name", from.name));
    SHOP_CHECK(check_field("subject", message.subject));
    SHOP_CHECK(check_field("id", message.id));
    SHOP_CHECK(check_text(message.text));
    const std::string domain = from.address.substr(from.address.rfind('@') + 1);
    return fmt::format(
        "Date: {}\nMessage-ID: <{}@{}>\nFrom: {}\nTo: {}\nSubject: {}\n"
        "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n{}",
        date_of(message.date), message.id, domain, mailbox(from), message.to,
        header_text(message.subject), body_of(message.text));
}

}  // namespace shop::mail
