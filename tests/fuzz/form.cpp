// Queries and forms: the input is read as a query, and as a form body whose first line is its
// Content-Type.
#include <string>

#include "api/products.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/message.hpp"
#include "input.hpp"
#include "schema/codec.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kFieldsMax = 200;  // as in form.cpp
constexpr std::string_view kBoundary = "a-boundary-that-no-value-holds";

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string urlencoded(const Pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs) {
        if (!text.empty()) text += '&';
        text += percent_encode(name) + '=' + percent_encode(value);
    }
    return text;
}

// Each part as a file: then its value need not be UTF-8.
std::string multipart(const Pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs) {
        std::string quoted;
        for (const char c : name) {
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += c;
        }
        text.append("--").append(kBoundary);
        text += "\r\nContent-Disposition: form-data; name=\"" + quoted + "\"; filename=f\r\n\r\n";
        text += value + "\r\n";
    }
    return text.append("--").append(kBoundary).append("--\r\n");
}

void check_error(const Error& error) {
    assert(!error.message.empty() && is_utf8(error.message));
    assert(error.code == Code::invalid_argument || error.code == Code::unsupported_media_type);
}

// A query as a handler gets it. Within its table's bounds, or an error that names the parameters.
void check_table(const Pairs& pairs) {
    const auto query = schema::decode_pairs<api::ProductQuery>(pairs);
    if (!query) {
        check_error(query.error());
        assert(!query.error().fields.empty());
        for (const auto& field : query.error().fields) {
            const auto named = [&](const auto& pair) {
                return shorten(pair.first, 100) == field.pointer;
            };
            assert(std::ranges::any_of(pairs, named) && !field.message.empty());
        }
        return;
    }
    assert(query->limit >= 1 && query->limit <= std::int64_t{limits::kPageItemsMax});
    assert(query->price_min.value_or(0) >= 0);
    assert(!query->q || (!query->q->empty() && utf8_length(*query->q) <= 200));
    assert(!query->sort || query->sort->ends_with("number") || query->sort->ends_with("name") ||
           query->sort->ends_with("price"));
}

void check_query(std::string_view text) {
    const auto pairs = parse_form(text);
    if (!pairs) return check_error(pairs.error());
    assert(pairs->size() <= kFieldsMax);
    for (const auto& [name, value] : *pairs) assert(is_utf8(name) && is_utf8(value));
    assert(parse_form(urlencoded(*pairs)).value() == *pairs);
    check_table(*pairs);
}

void check_multipart(const Pairs& pairs) {
    assert(pairs.size() <= kFieldsMax);
    for (const auto& [name, value] : pairs) {
        assert(is_utf8(name));
        // A part's head can't carry a line break, which an urlencoded name may hold.
        if (name.find("\r\n") != std::string::npos) return;
        if (value.find(kBoundary) != std::string::npos) return;
    }
    Request again;
    again.headers.add("content-type", "multipart/form-data; boundary=" + std::string(kBoundary));
    again.body = multipart(pairs);
    assert(parse_form_body(again).value() == pairs);
}

void check_body(std::string_view text) {
    const auto line = text.substr(0, text.find('\n'));
    Request request;
    request.headers.add("content-type", std::string(trim(line)));
    request.body = text.substr(std::min(line.size() + 1, text.size()));
    // A head with a control byte in it was refused before.
    if (fuzz::has_control(*request.headers.get("content-type"), "\t")) return;
    const auto pairs = parse_form_body(request);
    if (!pairs) return check_error(pairs.error());
    check_multipart(*pairs);
}

}  // namespace
}  // namespace shop::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::http::check_query(shop::fuzz::text_of(data, size));
    shop::http::check_body(shop::fuzz::text_of(data, size));
    return 0;
}
