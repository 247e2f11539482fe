// How a resource is shown: its columns for table, wide and CSV, and what names it.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace shop::cli {

struct Column {
    std::string header;   // "PRICE"
    std::string pointer;  // JSON pointer: "/price"
    bool wide = false;    // only with -o wide
    bool right = false;   // numbers stand right
};

struct View {
    std::vector<Column> columns;
    std::string name_pointer;  // what -o name prints: "/slug"
};

// Formats that -o takes.
const std::vector<std::string>& output_formats();

// `value` is one object or an array of them. The text ends with a line feed unless it is empty.
// `color`: bold headers. A cell is text, a number, money as "2.95 GBP", a time, yes/no; a missing
// one is empty.
Result<std::string> render(const Json& value, const View& view, std::string_view format,
                           bool color);

// One cell as a person reads it.
std::string cell_text(const Json& value);
// A field for RFC 4180 CSV, quoted where it has to be.
std::string csv_field(std::string_view text);

}  // namespace shop::cli
