// HTTP messages as plain values: what the front hands to a handler and what it gets back; what the
// client sends.
//
// Thread safety: values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace shop::http {

// Field names are lower case; values are trimmed and hold no control bytes. Order as on the wire.
class Headers {
public:
    // The value of the first field with this (lower-case) name; nothing where there is none.
    std::optional<std::string_view> get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    void add(std::string name, std::string value) {
        list_.emplace_back(std::move(name), std::move(value));
    }
    void set(std::string_view name, std::string value);  // replaces all of that name
    const std::vector<std::pair<std::string, std::string>>& all() const { return list_; }
    std::size_t size() const { return list_.size(); }
    void clear() { list_.clear(); }

private:
    std::vector<std::pair<std::string, std::string>> list_;
};

// Where a request came from: who sent it or, where that is a proxy that we trust, for whom. For a
// Unix socket `address` is "unix" and uid is the peer's.
struct Peer {
    std::string address;
    std::optional<unsigned> uid;
    bool loopback() const;  // 127.0.0.0/8, ::1 or a Unix socket
};

struct Request {
    std::string method;                 // upper case
    std::string target;                 // as on the wire, origin form
    std::vector<std::string> segments;  // of the path, percent-decoded once; "/" has none
    std::string query;                  // raw, without "?"
    Headers headers;
    std::string body;
    Peer peer;
    std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

struct Response {
    int status = 200;
    Headers headers;  // without Content-Length, Connection and Date: whoever writes it adds them
    std::string body;
    bool close = false;  // end the connection after this response
};

// Query string or urlencoded body -> pairs in order. invalid_argument where an escape is broken or
// the text is not UTF-8.
Result<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view text);
// A form body by its Content-Type: urlencoded, or multipart/form-data (RFC 7578, text fields only;
// a file part's content is its value). unsupported_media_type for anything else.
Result<std::vector<std::pair<std::string, std::string>>> parse_form_body(const Request& request);

// RFC 9110 reason phrase, "Unknown" where there is none.
std::string_view reason_phrase(int status);

}  // namespace shop::http
