// Small text helpers that several boxes need. ASCII rules unless said otherwise; UTF-8 passes
// through unchanged.
//
// Thread safety: free functions without shared state.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop {

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
bool is_utf8(std::string_view text);
// Code points of valid UTF-8.
std::size_t utf8_length(std::string_view text);
// The text where it has at most so many bytes, else its beginning, cut between code points, and
// "…".
std::string shorten(std::string_view text, std::size_t bytes_max);
// "Jumbo Bag, Red!" -> "jumbo-bag-red": a-z, 0-9 and single dashes, at most 80 bytes; empty where
// nothing is left.
std::string slugify(std::string_view text);
bool is_slug(std::string_view text);

std::string to_hex(std::string_view bytes);
std::string base64(std::string_view bytes);     // RFC 4648 section 4
std::string base64url(std::string_view bytes);  // RFC 4648 section 5, without padding
std::optional<std::string> from_base64url(
    std::string_view text);  // nothing where a character is not of the alphabet

// Percent-decoding (RFC 3986), once. Nothing where an escape is broken. `plus_is_space` for forms
// and queries.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);  // everything but unreserved characters

// A whole decimal number and nothing else; nothing where it does not fit.
std::optional<std::int64_t> parse_int(std::string_view text);

}  // namespace shop
