// Form bodies: urlencoded (the URL standard's rules) and multipart/form-data (RFC 7578).
#include <algorithm>

#include "base/text.hpp"
#include "http/message.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kFormFieldsMax = 200;    // our largest form has 12
constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046, 5.1.1

using Pairs = std::vector<std::pair<std::string, std::string>>;

Failure broken(std::string message) { return fail(Code::invalid_argument, std::move(message)); }

Result<std::string> decode(std::string_view text) {
    auto decoded = percent_decode(text, true);
    if (!decoded) return broken("a form field holds a broken percent escape");
    if (!is_utf8(*decoded)) return broken("a form field is not UTF-8");
    return *std::move(decoded);
}

// `text` is what follows the media type or the disposition: `; name="value"; other=value`. The
// value of the parameter; nothing where there is none or the text is malformed before it.
std::optional<std::string> parameter(std::string_view text, std::string_view name) {
    while (true) {
        text = trim(text);
        if (!text.starts_with(';')) return std::nullopt;
        text = trim(text.substr(1));
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string key = to_lower(trim(text.substr(0, equals)));
        text.remove_prefix(equals + 1);
        std::string value;
        if (text.starts_with('"')) {
            std::size_t at = 1;
            for (; at < text.size() && text[at] != '"'; ++at) {
                const bool escaped = text[at] == '\\' && at + 1 < text.size() &&
                                     (text[at + 1] == '"' || text[at + 1] == '\\');
                if (escaped) ++at;
                value += text[at];
            }
            if (at >= text.size()) return std::nullopt;
            text.remove_prefix(at + 1);
        } else {
            const auto end = std::min(text.find(';'), text.size());
            value = trim(text.substr(0, end));
            text.remove_prefix(end);
        }
        if (key == name) return value;
    }
}

struct MediaType {
    std::string name;             // lower case
    std::string_view parameters;  // from the first ";"
};

MediaType media_type(std::string_view text) {
    const auto end = std::min(text.find(';'), text.size());
    return {to_lower(trim(text.substr(0, end))), text.substr(end)};
}

bool is_boundary(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= kBoundaryBytesMax && !text.ends_with(' ') &&
           std::ranges::all_of(text, allowed);
}

struct PartHead {
    std::string name;
    bool file = false;
};

// The head of one part: lines up to, not with, the empty one.
Result<PartHead> parse_part_head(std::string_view head) {
    std::optional<PartHead> part;
    while (!head.empty()) {
        const auto end = std::min(head.find("\r\n"), head.size());
        const auto line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return broken("a part of the form has a broken head");
        const std::string field = to_lower(line.substr(0, colon));
        const MediaType value = media_type(line.substr(colon + 1));
        if (field == "content-transfer-encoding" && value.name != "7bit" && value.name != "8bit" &&
            value.name != "binary") {
            return broken("a part of the form is encoded; send it as it is");
        }
        if (field != "content-disposition") continue;
        const auto name = parameter(value.parameters, "name");
        if (value.name != "form-data" || !name || part) {
            return broken("a part of the form has no name or no valid Content-Disposition");
        }
        part = PartHead{*name, parameter(value.parameters, "filename").has_value()};
    }
    if (!part) return broken("a part of the form has no Content-Disposition");
    if (!is_utf8(part->name)) return broken("the name of a form field is not UTF-8");
    return *std::move(part);
}

Result<Pairs> parse_multipart(std::string_view body, std::string_view boundary) {
    const Failure cut = broken("the form ends early or its boundary is broken");
    const std::string delimiter = "\r\n--" + std::string(boundary);
    // The first delimiter has no line break before it, unless a preamble stands there; nobody sends
    // one.
    if (!body.starts_with(std::string_view(delimiter).substr(2))) return cut;
    body.remove_prefix(delimiter.size() - 2);
    Pairs fields;
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return cut;
        const auto head_end = body.find("\r\n\r\n");
        if (head_end == std::string_view::npos) return cut;
        const auto head = body.substr(2, head_end == 0 ? 0 : head_end - 2);
        SHOP_TRY(part, parse_part_head(head));
        body.remove_prefix(head_end + 4);
        const auto end = body.find(delimiter);
        if (end == std::string_view::npos) return cut;
        std::string value(body.substr(0, end));
        if (!part.file && !is_utf8(value)) return broken("a form field is not UTF-8");
        if (fields.size() == kFormFieldsMax) return broken("the form has too many fields");
        fields.emplace_back(std::move(part.name), std::move(value));
        body.remove_prefix(end + delimiter.size());
    }
    return fields;
}

}  // namespace

Result<Pairs> parse_form(std::string_view text) {
    Pairs fields;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        if (fields.size() == kFormFieldsMax) return broken("the form has too many fields");
        const auto equals = std::min(pair.find('='), pair.size());
        SHOP_TRY(name, decode(pair.substr(0, equals)));
        SHOP_TRY(value, decode(pair.substr(std::min(equals + 1, pair.size()))));
        fields.emplace_back(std::move(name), std::move(value));
    }
    return fields;
}

Result<Pairs> parse_form_body(const Request& request) {
    const MediaType type = media_type(request.headers.get("content-type").value_or(""));
    if (type.name == "application/x-www-form-urlencoded") return parse_form(request.body);
    if (type.name != "multipart/form-data") {
        return fail(Code::unsupported_media_type,
                    "send the form as application/x-www-form-urlencoded or multipart/form-data");
    }
    const auto boundary = parameter(type.parameters, "boundary");
    if (!boundary || !is_boundary(*boundary)) {
        return broken("the form's Content-Type has no valid boundary");
    }
    return parse_multipart(request.body, *boundary);
}

}  // namespace shop::http
