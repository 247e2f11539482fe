// Errors as values: the one table of codes, and Result<T>.
//
// A failure that a caller has to expect (bad input, a missing product, a dead service) is an
// `Error` in a `Result<T>`; a bug of our own is an assertion. The table in error.cpp is the only
// place where a code meets its HTTP status and the exit code of shopctl.
//
// Thread safety: values without shared state.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace shop {

enum class Code {
    invalid_argument,
    unauthenticated,
    permission_denied,
    not_found,
    already_exists,
    conflict,
    failed_precondition,
    precondition_required,
    method_not_allowed,
    payload_too_large,
    unsupported_media_type,
    idempotency_mismatch,
    resource_exhausted,
    insufficient_storage,
    unavailable,
    timeout,
    internal,
};

// One row of the table of codes.
struct CodeInfo {
    Code code;
    std::string_view name;  // "not_found": the last segment of a problem's `type`; part of the API,
                            // never changed
    std::string_view title;  // "Not found": a problem's `title`
    int http_status;
    int exit_code;  // of shopctl, see ExitCode
};

// The exit codes of shopctl; scripts depend on them.
enum ExitCode : int {
    kExitDone = 0,
    kExitFailed = 1,
    kExitUsage = 2,
    kExitNotFound = 3,
    kExitNotAllowed = 4,
    kExitConflict = 5,
    kExitUnavailable = 6,
};

const CodeInfo& info(Code code);
const std::vector<CodeInfo>& all_codes();

// The code whose table row has this name, or `internal` where none has.
Code code_named(std::string_view name);

// The code for a status of an answer that carries no problem document (from a proxy, say). Never
// fails: an unknown 4xx is invalid_argument, an unknown 5xx is internal.
Code code_for_status(int http_status);

// What is wrong with one field of the input. `pointer` is a JSON pointer (RFC 6901) into the body
// ("/price/amount"), or the name of a query or path parameter.
struct FieldError {
    std::string pointer;
    std::string message;
};

// `message` is for a person: what failed and what to do next. Nothing internal, nothing secret.
struct Error {
    Code code = Code::internal;
    std::string message;
    std::vector<FieldError> fields = {};
    int retry_after_seconds = 0;  // > 0: how long to wait before the same call is worth repeating
};

template <class T>
using Result = tl::expected<T, Error>;
using Failure = tl::unexpected<Error>;

[[nodiscard]] Failure fail(Code code, std::string message);
// A failure of one field: code invalid_argument, the message also names the field.
[[nodiscard]] Failure fail_field(std::string pointer, std::string message);

}  // namespace shop

// SHOP_TRY(name, expr): evaluates a Result; on failure returns its error from the enclosing
// function, else binds `name` to the value. SHOP_CHECK(expr): the same for a Result whose value
// nobody needs.
#define SHOP_TRY(name, expr)                                                          \
    auto name##_result = (expr);                                                      \
    if (!name##_result) return tl::make_unexpected(std::move(name##_result).error()); \
    auto& name = *name##_result

#define SHOP_CHECK(expr)                                                                \
    do {                                                                                \
        auto check_result = (expr);                                                     \
        if (!check_result) return tl::make_unexpected(std::move(check_result).error()); \
    } while (false)
