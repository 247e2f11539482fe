#include "http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

namespace shop::http {
namespace {

std::string text_of(const Json& document, const char* member) {
    const auto found = document.find(member);
    return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<FieldError> fields_of(const Json& document) {
    std::vector<FieldError> fields;
    const auto errors = document.find("errors");
    if (errors == document.end() || !errors->is_array()) return fields;
    for (const auto& entry : *errors) {
        if (!entry.is_object()) continue;
        fields.push_back({text_of(entry, "pointer"), text_of(entry, "detail")});
    }
    return fields;
}

// The code that a problem's type names; the status decides where the type is not one of ours.
Code code_of(std::string_view type, int status) {
    if (!type.starts_with(kProblemTypeBase)) return code_for_status(status);
    const auto name = type.substr(type.rfind('/') + 1);
    const Code code = code_named(name);
    return name == info(code).name ? code : code_for_status(status);
}

int retry_after(const Response& response) {
    const auto seconds = parse_int(response.headers.get("retry-after").value_or(""));
    return static_cast<int>(std::clamp<std::int64_t>(seconds.value_or(0), 0, 24 * 60 * 60));
}

}  // namespace

Response problem(const Error& error, std::string_view request_id) {
    const CodeInfo& row = info(error.code);
    Json document = {{"type", fmt::format("{}{}", kProblemTypeBase, row.name)},
                     {"title", row.title},
                     {"status", row.http_status},
                     {"detail", error.message}};
    if (!request_id.empty()) document["request_id"] = request_id;
    for (const auto& field : error.fields) {
        document["errors"].push_back({{"pointer", field.pointer}, {"detail", field.message}});
    }
    Response response;
    response.status = row.http_status;
    response.headers.add("content-type", "application/problem+json");
    if (error.retry_after_seconds > 0) {
        response.headers.add("retry-after", std::to_string(error.retry_after_seconds));
    }
    if (row.http_status == 401) response.headers.add("www-authenticate", "Bearer");
    response.body = dump(document);
    return response;
}

Response problem(int status, std::string_view detail) {
    Response response;
    response.status = status;
    response.headers.add("content-type", "application/problem+json");
    response.body = dump(Json{{"type", "about:blank"},
                              {"title", reason_phrase(status)},
                              {"status", status},
                              {"detail", detail}});
    return response;
}

Error error_from(const Response& response) {
    Error error{code_for_status(response.status),
                fmt::format("answered {} {}", response.status, reason_phrase(response.status)),
                {},
                retry_after(response)};
    const auto type = response.headers.get("content-type").value_or("");
    if (!type.starts_with("application/problem+json")) return error;
    const auto document = parse_json(response.body);
    if (!document || !document->is_object()) return error;
    error.code = code_of(text_of(*document, "type"), response.status);
    if (auto detail = text_of(*document, "detail"); !detail.empty()) error.message = detail;
    error.fields = fields_of(*document);
    return error;
}

}  // namespace shop::http
