#include "schema/check.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <limits>

#include "base/id.hpp"
#include "base/text.hpp"

namespace shop::schema {
namespace {

constexpr std::size_t kItemLengthMax = 1000;
constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321: a path of 256 less its angle brackets
constexpr std::size_t kUsernameBytesMax = 40;
constexpr std::size_t kSkuBytesMax = 64;
constexpr std::size_t kFileNameBytesMax = 120;  // file systems take 255; ours get a suffix

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool has_blank(std::string_view text) {
    return text.find_first_of(" \t\n") != std::string_view::npos;
}

// A sane address; whether it exists, only a mail can tell.
bool is_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || text.size() > kEmailBytesMax || has_blank(text))
        return false;
    const std::string_view local = text.substr(0, at);
    const std::string_view domain = text.substr(at + 1);
    return !local.empty() && domain.find('@') == std::string_view::npos &&
           domain.find('.') != std::string_view::npos && !domain.starts_with('.') &&
           !domain.ends_with('.') && domain.find("..") == std::string_view::npos;
}

bool is_username(std::string_view text) {
    return !text.empty() && text.size() <= kUsernameBytesMax && is_lower_or_digit(text.front()) &&
           std::ranges::all_of(text,
                               [](char c) { return is_lower_or_digit(c) || is_one_of(c, "._-"); });
}

bool is_sku(std::string_view text) {
    return !text.empty() && text.size() <= kSkuBytesMax && std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || is_one_of(c, "._/-");
    });
}

bool is_file_name(std::string_view text) {
    return !text.empty() && text.size() <= kFileNameBytesMax && !text.starts_with('.') &&
           text.find_first_of("/\\") == std::string_view::npos;
}

bool is_any_id(std::string_view text) {
    const std::string_view prefix = text.substr(0, text.find('_'));
    return !prefix.empty() && std::ranges::all_of(prefix, is_lower_or_digit) && is_id(text, prefix);
}

// A path on our own host: no "//host", no "..", nothing that a browser would bend.
bool is_uri_path(std::string_view text) {
    if (!text.starts_with('/') || text.starts_with("//") || has_blank(text)) return false;
    if (text.find('\\') != std::string_view::npos) return false;
    return std::ranges::none_of(split(text, '/'), [](std::string_view segment) {
        return segment == "." || segment == "..";
    });
}

struct FormatRow {
    Format format;
    std::string_view name;
    bool (*holds)(std::string_view);
    std::string_view message;
};

constexpr FormatRow kFormats[] = {
    {Format::slug, "slug", is_slug,
     "must be a slug: a to z, 0 to 9 and single dashes between them, at most 80 characters"},
    {Format::email, "email", is_email, "must be an e-mail address, like ann@example.org"},
    {Format::currency, "currency", is_currency, "must be a currency code of ISO 4217, like GBP"},
    {Format::username, "username", is_username,
     "must be a user name: a to z, 0 to 9, dot, dash and underscore, a letter or digit first, "
     "at most 40 characters"},
    {Format::sku, "sku", is_sku,
     "must be a SKU: letters, digits and . _ / -, at most 64 characters"},
    {Format::file_name, "file-name", is_file_name,
     "must be a plain file name: no slash, no leading dot, at most 120 bytes"},
    {Format::id, "id", is_any_id, "must be an id: a prefix, an underscore and 32 hex digits"},
    {Format::uri_path, "uri-path", is_uri_path,
     "must be a path that starts with one slash and has neither blanks nor dot segments"},
};

const FormatRow* row_of(Format format) {
    const auto* row = std::ranges::find(kFormats, format, &FormatRow::format);
    return row == std::end(kFormats) ? nullptr : row;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    });
}

std::string count_message(Bounds bounds, std::size_t has, std::string_view things) {
    if (has > bounds.max)
        return fmt::format("must have at most {} {}, has {}", bounds.max, things, has);
    if (bounds.min == 1) return "must not be empty";
    return fmt::format("must have at least {} {}, has {}", bounds.min, things, has);
}

}  // namespace

Bounds text_bounds(const Field& field, bool in_list) {
    if (in_list) return {1, kItemLengthMax};
    const std::size_t least = field.required ? 1 : 0;
    return {std::max(field.length_min, least), field.length_max};
}

std::optional<std::string> check_text(const Field& field, std::string_view text, bool in_list) {
    if (!is_utf8(text)) return "must be UTF-8";
    if (has_control(text)) return "must not have control characters";
    const Bounds bounds = text_bounds(field, in_list);
    const std::size_t length = utf8_length(text);
    if (length < bounds.min || length > bounds.max)
        return count_message(bounds, length, "characters");
    if (!field.one_of.empty() && std::ranges::find(field.one_of, text) == field.one_of.end())
        return fmt::format("must be one of {}", fmt::join(field.one_of, ", "));
    // An empty text that its bounds allow means "none", which has no format.
    const FormatRow* row = text.empty() ? nullptr : row_of(field.format);
    if (row != nullptr && !row->holds(text)) return std::string(row->message);
    return std::nullopt;
}

std::optional<std::string> check_integer(const Field& field, std::int64_t value) {
    if (value >= field.number_min && value <= field.number_max) return std::nullopt;
    if (field.number_min == std::numeric_limits<std::int64_t>::min())
        return fmt::format("must be at most {}", field.number_max);
    if (field.number_max == std::numeric_limits<std::int64_t>::max())
        return fmt::format("must be at least {}", field.number_min);
    return fmt::format("must be between {} and {}", field.number_min, field.number_max);
}

std::optional<std::string> check_count(const Field& field, std::size_t items) {
    if (items >= field.length_min && items <= field.length_max) return std::nullopt;
    return count_message({field.length_min, field.length_max}, items, "items");
}

std::string_view format_name(Format format) {
    const FormatRow* row = row_of(format);
    return row == nullptr ? std::string_view() : row->name;
}

}  // namespace shop::schema
