#include "http/wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/target.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kMethodBytesMax = 16;  // the longest registered one has 15
constexpr std::size_t kRequestLineBytesMax =
    kMethodBytesMax + 1 + limits::kUrlBytesMax + sizeof " HTTP/1.1\r";
constexpr std::size_t kLengthDigitsMax = 15;    // fits std::size_t; no body is that long
constexpr std::size_t kHostBytesMax = 255 + 6;  // a DNS name and a port
constexpr std::string_view kHostMarks = "-._~%!$&'()*+,;=";  // of a name: RFC 3986, 3.2.2

// Lower case of the characters of a token (RFC 9110, 5.6.2); 0 for all others.
constexpr std::array<char, 256> kToken = [] {
    std::array<char, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")) {
        table[static_cast<unsigned char>(c)] = c;
    }
    for (char c = 'A'; c <= 'Z'; ++c) {
        table[static_cast<unsigned char>(c)] = static_cast<char>(c - 'A' + 'a');
    }
    return table;
}();

char lower_token(char c) { return kToken[static_cast<unsigned char>(c)]; }
bool is_token(char c) { return lower_token(c) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_field_value(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
    const auto same = [](char a, char b) { return lower_token(a) == b; };
    return std::ranges::equal(text, lower, same);
}

// What reading one step of a head came to; complete means: go on.
struct Outcome {
    Progress progress = Progress::complete;
    int status = 0;
    std::string_view reason = {};
    bool go_on() const { return progress == Progress::complete; }
};

constexpr Outcome kGoOn{};
Outcome refuse(int status, std::string_view reason) { return {Progress::refused, status, reason}; }

HeadResult result_of(const Outcome& outcome, const Head& head) {
    return {outcome.progress, head, outcome.status, std::string(outcome.reason)};
}

// Takes one line off `data` from `at` on, without its CRLF.
Outcome read_line(std::string_view data, std::size_t& at, std::string_view& line) {
    const auto end = std::min(data.find('\n', at), data.size());
    // Before anything else: the verdict must not depend on how much came at once.
    if (end >= limits::kHeadBytesMax) return refuse(431, "the head is too large");
    if (end == data.size()) return {Progress::incomplete};
    if (end == at || data[end - 1] != '\r') return refuse(400, "a line ends in a bare line feed");
    line = data.substr(at, end - 1 - at);
    at = end + 1;
    return kGoOn;
}

Outcome read_field(std::string_view line, Headers& headers) {
    const auto colon =
        static_cast<std::size_t>(std::ranges::find_if_not(line, is_token) - line.begin());
    if (colon == 0) return refuse(400, "a field has no name or is folded");
    if (colon == line.size() || line[colon] != ':') {
        return refuse(400, "a field's name holds a forbidden character");
    }
    auto value = line.substr(colon + 1);
    const auto first = std::min(value.find_first_not_of(" \t"), value.size());
    value.remove_prefix(first);
    value = value.substr(0, value.find_last_not_of(" \t") + 1);
    if (!std::ranges::all_of(value, is_field_value)) {
        return refuse(400, "a field's value holds a control byte");
    }
    if (headers.size() == limits::kHeadFieldsMax)
        return refuse(431, "the head has too many fields");
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), lower_token);
    headers.add(std::move(name), std::string(value));
    return kGoOn;
}

// All fields up to and with the empty line.
Outcome read_fields(std::string_view data, std::size_t& at, Headers& headers) {
    while (true) {
        std::string_view line;
        Outcome outcome = read_line(data, at, line);
        if (!outcome.go_on() || line.empty()) return outcome;
        outcome = read_field(line, headers);
        if (!outcome.go_on()) return outcome;
    }
}

Outcome read_length(std::string_view value, std::size_t& length) {
    if (value.empty() || !std::ranges::all_of(value, is_digit)) {
        return refuse(400, "Content-Length is not a number");
    }
    if (value.size() > kLengthDigitsMax) return refuse(413, "the body is too large");
    std::from_chars(value.data(), value.data() + value.size(), length);
    return kGoOn;
}

// Asked-for ends of the connection; `close` wins over `keep_alive`, in whatever order they come.
struct Persistence {
    bool close = false;
    bool keep_alive = false;

    void read(std::string_view value) {
        for (const auto option : split(value, ',')) {
            close = close || equal_ignoring_case(trim(option), "close");
            keep_alive = keep_alive || equal_ignoring_case(trim(option), "keep-alive");
        }
    }
    bool decide(bool version_default) const { return !close && (version_default || keep_alive); }
};

bool is_host_name(std::string_view name) {
    const auto allowed = [](char c) {
        return (lower_token(c) >= 'a' && lower_token(c) <= 'z') || is_digit(c) ||
               kHostMarks.find(c) != std::string_view::npos;
    };
    return !name.empty() && std::ranges::all_of(name, allowed) && percent_decode(name, false);
}

// Of an IPv6 address only the characters are looked at: nothing here depends on which one it is.
bool is_ip_literal(std::string_view text) {
    const auto allowed = [](char c) {
        return is_digit(c) || (lower_token(c) >= 'a' && lower_token(c) <= 'f') || c == ':' ||
               c == '.';
    };
    return text.size() > 2 && text.ends_with(']') &&
           std::ranges::all_of(text.substr(1, text.size() - 2), allowed);
}

// uri-host [ ":" port ] (RFC 9110, 7.2), the host not empty.
bool is_host(std::string_view value) {
    if (value.size() > kHostBytesMax) return false;
    const bool literal = value.starts_with('[');
    const auto end = literal ? value.find(']') : value.find(':');
    const auto host = value.substr(0, literal && end != std::string_view::npos ? end + 1 : end);
    const auto rest = value.substr(host.size());
    const bool port =
        rest.empty() || (rest.front() == ':' && std::ranges::all_of(rest.substr(1), is_digit));
    return port && (literal ? is_ip_literal(host) : is_host_name(host));
}

// "HTTP/1.1" or "HTTP/1.0"; sets the version's default for keeping the connection.
Outcome read_version(std::string_view text, Head& head) {
    head.keep_alive = text == "HTTP/1.1";
    if (head.keep_alive || text == "HTTP/1.0") return kGoOn;
    const bool other = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                       text[6] == '.' && is_digit(text[7]);
    return other ? refuse(505, "only HTTP/1.1 and HTTP/1.0 are served")
                 : refuse(400, "the request line has no HTTP version");
}

Outcome read_request_line(std::string_view line, Request& request, Head& head) {
    const auto method_end = line.find(' ');
    const auto method = line.substr(0, method_end);
    if (method.empty() || !std::ranges::all_of(method, is_token)) {
        return refuse(400, "the method is not a token");
    }
    if (method.size() > kMethodBytesMax) return refuse(501, "the method is not known");
    if (method_end == std::string_view::npos) return refuse(400, "the request line has no target");
    request.method = method;
    const auto rest = line.substr(method_end + 1);
    const auto target_end = rest.find(' ');
    const auto target = rest.substr(0, target_end);
    if (target.size() > limits::kUrlBytesMax) return refuse(414, "the target is too long");
    if (target_end == std::string_view::npos) {
        return refuse(400, "the request line has no HTTP version");
    }
    const Outcome outcome = read_version(rest.substr(target_end + 1), head);
    if (!outcome.go_on()) return outcome;
    const auto wrong = read_target(target, request);
    return wrong.empty() ? kGoOn : refuse(400, wrong);
}

// The fields that decide where a request ends and whether it can be served.
Outcome check_request_fields(const Headers& headers, bool old_version, Head& head) {
    Persistence persistence;
    std::size_t hosts = 0;
    std::size_t lengths = 0;
    for (const auto& [name, value] : headers.all()) {
        if (name == "transfer-encoding") return refuse(411, "send the body with a Content-Length");
        if (name == "content-encoding") return refuse(415, "send the body without an encoding");
        if (name == "host" && (++hosts > 1 || !is_host(value))) {
            return refuse(400, "there has to be exactly one valid Host");
        }
        if (name == "content-length") {
            if (++lengths > 1) return refuse(400, "there is more than one Content-Length");
            const Outcome outcome = read_length(value, head.content_length);
            if (!outcome.go_on()) return outcome;
        }
        if (name == "connection") persistence.read(value);
        if (name == "expect") {
            if (!equal_ignoring_case(value, "100-continue")) {
                return refuse(417, "only 100-continue can be expected");
            }
            head.expect_continue = !old_version;
        }
    }
    head.keep_alive = persistence.decide(head.keep_alive);
    if (hosts == 0 && !old_version) return refuse(400, "there has to be exactly one valid Host");
    return kGoOn;
}

// Whether the request line has come, judged by what has: a client that talks TLS, or never ends its
// line, is told at once.
Outcome check_request_line_end(std::string_view data, Request& request) {
    if (!data.empty() && !is_token(data.front())) return refuse(400, "the method is not a token");
    if (data.substr(0, kRequestLineBytesMax).find('\n') != std::string_view::npos) return kGoOn;
    if (data.size() >= kRequestLineBytesMax) {
        request.method = data.substr(0, data.find(' '));  // the refusal of a HEAD has no body
        return refuse(414, "the target is too long");
    }
    return {Progress::incomplete};
}

void clear_head(Request& request) {
    request.method.clear();
    request.target.clear();
    request.segments.clear();
    request.query.clear();
    request.headers.clear();
}

Outcome read_request(std::string_view data, Request& request, Head& head) {
    Outcome outcome = check_request_line_end(data, request);
    if (!outcome.go_on()) return outcome;
    std::string_view line;
    outcome = read_line(data, head.bytes, line);
    if (!outcome.go_on()) return outcome;
    outcome = read_request_line(line, request, head);
    if (!outcome.go_on()) return outcome;
    const bool old_version = line.back() == '0';
    outcome = read_fields(data, head.bytes, request.headers);
    if (!outcome.go_on()) return outcome;
    return check_request_fields(request.headers, old_version, head);
}

Outcome read_status_line(std::string_view line, Response& response, Head& head) {
    const Outcome outcome = read_version(line.substr(0, 8), head);
    if (!outcome.go_on()) return refuse(502, "the answer is not HTTP/1.1");
    const auto code = line.substr(8, 4);
    if (code.size() != 4 || code[0] != ' ' || code[1] < '1' || code[1] > '5' ||
        !is_digit(code[2]) || !is_digit(code[3]) || (line.size() > 12 && line[12] != ' ')) {
        return refuse(502, "the answer has no valid status");
    }
    std::from_chars(code.data() + 1, code.data() + 4, response.status);
    return kGoOn;
}

Outcome check_response_fields(const Response& response, Head& head) {
    Persistence persistence;
    std::size_t lengths = 0;
    for (const auto& [name, value] : response.headers.all()) {
        if (name == "connection") persistence.read(value);
        if (name == "content-length") {
            if (++lengths > 1) return refuse(502, "the answer has two lengths");
            const Outcome outcome = read_length(value, head.content_length);
            if (!outcome.go_on()) return outcome;
        }
        if (name == "transfer-encoding") {
            if (head.chunked || !equal_ignoring_case(value, "chunked")) {
                return refuse(502, "the answer has an unknown encoding");
            }
            head.chunked = true;
        }
    }
    head.keep_alive = persistence.decide(head.keep_alive);
    if (head.chunked && lengths > 0) return refuse(502, "the answer has two lengths");
    return head.chunked || lengths > 0 ? kGoOn : refuse(502, "the answer has no length");
}

Outcome read_response(std::string_view data, bool to_head, Response& response, Head& head) {
    std::string_view line;
    Outcome outcome = read_line(data, head.bytes, line);
    if (!outcome.go_on()) return outcome;
    outcome = read_status_line(line, response, head);
    if (!outcome.go_on()) return outcome;
    outcome = read_fields(data, head.bytes, response.headers);
    if (!outcome.go_on()) return outcome;
    outcome = check_response_fields(response, head);
    const bool bodiless =
        to_head || response.status < 200 || response.status == 204 || response.status == 304;
    if (!bodiless) return outcome;
    head.content_length = 0;
    head.chunked = false;
    return kGoOn;
}

}  // namespace

HeadResult read_request_head(std::string_view data, Request& request) {
    clear_head(request);
    Head head;
    const Outcome outcome = read_request(data, request, head);
    return result_of(outcome, head);
}

HeadResult read_response_head(std::string_view data, Response& response, bool to_head) {
    response.headers.clear();
    Head head;
    const Outcome outcome = read_response(data, to_head, response, head);
    return result_of(outcome, head);
}

}  // namespace shop::http
