// What a value of the right type must also hold: the bounds and formats of its row in the field
// table. Inside lib/schema only. Each check gives a message for a person, or nothing where the
// value is fine.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/field.hpp"

namespace shop::schema {

struct Bounds {
    std::size_t min;
    std::size_t max;
};
// Code points of a text of this field. The bounds of a list field are those of the list, so that
// its items
// (`in_list`) have bounds of their own: not empty, at most 1,000.
Bounds text_bounds(const Field& field, bool in_list);

std::optional<std::string> check_text(const Field& field, std::string_view text, bool in_list);
std::optional<std::string> check_integer(const Field& field, std::int64_t value);
std::optional<std::string> check_count(const Field& field, std::size_t items);

// The format's name in JSON Schema; empty for none.
std::string_view format_name(Format format);

}  // namespace shop::schema
