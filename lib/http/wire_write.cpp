// The writing half of wire.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "http/wire.hpp"

namespace shop::http {
namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT" of this second; made anew once a second in each thread.
std::string_view date() {
    static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                              "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    thread_local std::time_t second = 0;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != second) {
        second = now;
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                           kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                           kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                           utc.tm_hour, utc.tm_min, utc.tm_sec);
    }
    return text;
}

bool no_field_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

// A line break in a value would be a second field; nothing that comes from outside may write one.
void append_fields(std::string& out, const Headers& headers) {
    for (const auto& [name, value] : headers.all()) {
        out.append(name).append(": ");
        const auto start = static_cast<std::ptrdiff_t>(out.size());
        out.append(value);
        std::replace_if(out.begin() + start, out.end(), no_field_byte, ' ');
        out.append("\r\n");
    }
}

std::size_t bytes_of(const Headers& headers) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : headers.all()) bytes += name.size() + value.size() + 4;
    return bytes;
}

void append_length(std::string& out, std::size_t length) {
    const fmt::format_int digits(length);
    out.append("content-length: ").append(digits.data(), digits.size()).append("\r\n");
}

constexpr std::size_t kOwnFieldsBytes = 192;  // status line, Date, Connection, Content-Length

}  // namespace

std::string write_response(const Response& response, bool keep_alive, bool head_only) {
    const bool bodiless = response.status == 204 || response.status == 304;
    const bool with_body = !bodiless && !head_only;
    std::string out;
    out.reserve(kOwnFieldsBytes + bytes_of(response.headers) +
                (with_body ? response.body.size() : 0));
    const fmt::format_int status(response.status);
    out.append("HTTP/1.1 ").append(status.data(), status.size()).append(" ");
    out.append(reason_phrase(response.status)).append("\r\ndate: ").append(date());
    out.append(keep_alive ? "\r\nconnection: keep-alive\r\n" : "\r\nconnection: close\r\n");
    if (!bodiless) append_length(out, response.body.size());
    append_fields(out, response.headers);
    out.append("\r\n");
    if (with_body) out.append(response.body);
    return out;
}

std::string write_request(const Request& request, std::string_view host) {
    std::string out;
    out.reserve(kOwnFieldsBytes + request.target.size() + bytes_of(request.headers) +
                request.body.size());
    out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nhost: ");
    out.append(host).append("\r\n");
    const bool bodiless = request.method == "GET" || request.method == "HEAD";
    if (!bodiless || !request.body.empty()) append_length(out, request.body.size());
    append_fields(out, request.headers);
    out.append("\r\n").append(request.body);
    return out;
}

}  // namespace shop::http
