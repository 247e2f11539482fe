#include "runtime/admission.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::runtime {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

// "00-<32 hex>-<16 hex>-<2 hex>", neither id all zero.
bool is_traceparent(std::string_view text) {
    const auto parts = split(text, '-');
    return parts.size() == 4 && parts[0] == "00" && parts[1].size() == 32 &&
           parts[2].size() == 16 && parts[3].size() == 2 && is_lower_hex(parts[1]) &&
           is_lower_hex(parts[2]) && is_lower_hex(parts[3]) && !all_zero(parts[1]) &&
           !all_zero(parts[2]);
}

std::string_view media_type_of(const http::Request& request) {
    const std::string_view type = request.headers.get("content-type").value_or("");
    return trim(type.substr(0, type.find(';')));
}

// `wanted` is a type with any subtype: "image/*".
Result<void> check_media(const http::Request& request, std::string_view wanted) {
    if (to_lower(media_type_of(request)).starts_with(wanted.substr(0, wanted.size() - 1)))
        return {};
    return fail(Code::unsupported_media_type,
                "Content-Type must be one of " + std::string(wanted) + ".");
}

Result<void> check_body(const http::Request& request, const api::Endpoint& endpoint) {
    if (request.body.empty()) return {};
    if (request.body.size() > endpoint.body_bytes_max)
        return fail(Code::payload_too_large, "a body has at most " +
                                                 std::to_string(endpoint.body_bytes_max) +
                                                 " bytes here; send a smaller one");
    if (!endpoint.request_media.empty()) return check_media(request, endpoint.request_media);
    if (!endpoint.request) return fail_field("body", "this call takes none; send it without one");
    if (endpoint.style == api::Style::course) return {};  // parse_form_body looks at the type
    const std::string type = to_lower(media_type_of(request));
    if (type == "application/json" || (endpoint.patch && type == "application/merge-patch+json"))
        return {};
    return fail(Code::unsupported_media_type,
                std::string("Content-Type must be application/json") +
                    (endpoint.patch ? " or application/merge-patch+json." : "."));
}

Result<void> check_idempotency_key(const http::Request& request, const api::Endpoint& endpoint) {
    const auto key = request.headers.get("idempotency-key");
    if (!key && endpoint.idempotency == api::Idempotency::required)
        return fail_field(
            "Idempotency-Key",
            "is required: name this change, with a random UUID say, so that a repeated "
            "call does not make it twice");
    if (!key) return {};
    const bool printable = std::ranges::all_of(*key, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!key->empty() && key->size() <= limits::kIdempotencyKeyBytesMax && printable) return {};
    return fail_field("Idempotency-Key", "must be 1 to 128 printable ASCII characters");
}

}  // namespace

std::string request_id_of(const http::Request& request) {
    const std::string_view given = request.headers.get("x-request-id").value_or("");
    if (!given.empty() && given.size() <= 64 && std::ranges::all_of(given, is_word))
        return std::string(given);
    return new_id("req");
}

std::string traceparent_of(const http::Request& request) {
    const std::string_view given = request.headers.get("traceparent").value_or("");
    if (is_traceparent(given)) return std::string(given);
    const std::string random = to_hex(id_bytes(24));
    return "00-" + random.substr(0, 32) + "-" + random.substr(32) + "-00";
}

Result<std::optional<std::string_view>> credentials_of(const http::Request& request,
                                                       std::string_view scheme) {
    const auto header = request.headers.get("authorization");
    if (!header) return std::nullopt;
    const auto blank = header->find(' ');
    if (to_lower(header->substr(0, blank)) != to_lower(scheme) || blank == std::string_view::npos)
        return fail(Code::unauthenticated,
                    "Authorization must read \"" + std::string(scheme) + " …\" here.");
    return trim(header->substr(blank));
}

Result<void> check_form(const http::Request& request, const api::Endpoint& endpoint) {
    // Links to pages come with what others put behind them, and a page reads its form by itself.
    if (endpoint.style == api::Style::page)
        return request.body.size() <= endpoint.body_bytes_max
                   ? Result<void>{}
                   : fail(Code::payload_too_large, "This is too large. Send a smaller one.");
    if (!request.query.empty() && !endpoint.query)
        return fail_field("query", "this call takes no parameters; send it without them");
    SHOP_CHECK(check_body(request, endpoint));
    return check_idempotency_key(request, endpoint);
}

InFlight::Hold::~Hold() {
    if (!owner_ || key_.empty()) return;
    const std::lock_guard lock(owner_->mutex_);
    owner_->keys_.erase(key_);
}

Result<InFlight::Hold> InFlight::hold(std::string_view caller, std::string_view key) {
    if (key.empty()) return Hold(nullptr, "");
    std::string name = std::string(caller) + '\n' + std::string(key);
    const std::lock_guard lock(mutex_);
    if (!keys_.insert(name).second) {
        Error busy{Code::conflict,
                   "A call under this Idempotency-Key is being answered. Repeat it in a moment."};
        busy.retry_after_seconds = 1;
        return tl::make_unexpected(std::move(busy));
    }
    return Hold(this, std::move(name));
}

}  // namespace shop::runtime
