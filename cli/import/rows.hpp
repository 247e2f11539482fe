// Rows of a catalogue file: CSV (RFC 4180, by libcsv) or JSON lines, one at a time.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::cli {

// Columns of a catalogue, in the order of an export.
inline constexpr std::string_view kColumns[] = {
    "sku", "name", "slug", "description", "category", "price", "currency", "stock", "image"};
inline constexpr std::size_t kColumnCount = std::size(kColumns);
// Index into kColumns; kColumnCount where there is no such column.
std::size_t column_index(std::string_view name);

// Our column -> the file's, where they differ ("--map sku=StockCode,name=Description").
using ColumnMap = std::map<std::string, std::string, std::less<>>;
Result<ColumnMap> parse_map(std::string_view text);

struct Row {
    std::int64_t line = 0;            // where it begins in the file, from 1
    std::vector<std::string> values;  // by column; empty where the file has none
    std::string problem;              // not empty: the row can't be read, and why
};

// Calls `take` for each row after the header. invalid_argument where the file as a whole can't be
// read: no header, a column of the map that is not there, neither sku nor a map for it.
// `bytes_read` may be null.
using Take = std::function<void(Row&)>;
Result<void> read_csv(std::istream& in, const ColumnMap& map, std::uint64_t* bytes_read,
                      const Take& take);
Result<void> read_json_lines(std::istream& in, const ColumnMap& map, std::uint64_t* bytes_read,
                             const Take& take);

}  // namespace shop::cli
