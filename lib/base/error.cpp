#include "base/error.hpp"

#include <algorithm>
#include <utility>

namespace shop {

const std::vector<CodeInfo>& all_codes() {
    static const std::vector<CodeInfo> table = {
        {Code::invalid_argument, "invalid_argument", "Bad input", 400, kExitFailed},
        {Code::unauthenticated, "unauthenticated", "Not signed in", 401, kExitNotAllowed},
        {Code::permission_denied, "permission_denied", "Not allowed", 403, kExitNotAllowed},
        {Code::not_found, "not_found", "Not found", 404, kExitNotFound},
        {Code::method_not_allowed, "method_not_allowed", "Method not allowed", 405, kExitFailed},
        {Code::already_exists, "already_exists", "Already exists", 409, kExitConflict},
        {Code::conflict, "conflict", "Conflict", 409, kExitConflict},
        {Code::failed_precondition, "failed_precondition", "Precondition failed", 412,
         kExitConflict},
        {Code::payload_too_large, "payload_too_large", "Too large", 413, kExitFailed},
        {Code::unsupported_media_type, "unsupported_media_type", "Unsupported media type", 415,
         kExitFailed},
        {Code::idempotency_mismatch, "idempotency_mismatch", "Idempotency key used before", 422,
         kExitConflict},
        {Code::precondition_required, "precondition_required", "Precondition required", 428,
         kExitConflict},
        {Code::resource_exhausted, "resource_exhausted", "Too many requests", 429,
         kExitUnavailable},
        {Code::internal, "internal", "Internal error", 500, kExitFailed},
        {Code::unavailable, "unavailable", "Unavailable", 503, kExitUnavailable},
        {Code::timeout, "timeout", "Timed out", 504, kExitUnavailable},
        {Code::insufficient_storage, "insufficient_storage", "Disk full", 507, kExitUnavailable},
    };
    return table;
}

const CodeInfo& info(Code code) {
    const auto& table = all_codes();
    return *std::ranges::find(table, code, &CodeInfo::code);
}

Code code_named(std::string_view name) {
    const auto& table = all_codes();
    const auto row = std::ranges::find(table, name, &CodeInfo::name);
    return row == table.end() ? Code::internal : row->code;
}

Code code_for_status(int http_status) {
    const auto& table = all_codes();
    const auto row = std::ranges::find(table, http_status, &CodeInfo::http_status);
    if (row != table.end()) return row->code;
    return http_status >= 400 && http_status < 500 ? Code::invalid_argument : Code::internal;
}

Failure fail(Code code, std::string message) { return Failure(Error{code, std::move(message)}); }

Failure fail_field(std::string pointer, std::string message) {
    std::string text = pointer + ": " + message;
    return Failure(
        Error{Code::invalid_argument, std::move(text), {{std::move(pointer), std::move(message)}}});
}

}  // namespace shop
