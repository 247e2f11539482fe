#include "base/json.hpp"
#include "base/text.hpp"
#include "import/rows.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kLineBytesMax = 1024 * 1024;

// A member as text: strings as they are, numbers as written; nothing else is a cell.
bool put_cell(const Json& object, std::string_view name, std::string& out) {
    const auto member = object.find(std::string(name));
    if (member == object.end() || member->is_null()) return true;
    if (member->is_string())
        out = member->get<std::string>();
    else if (member->is_number())
        out = dump(*member);
    else
        return false;
    return true;
}

Row row_of(const Json& object, const ColumnMap& map, std::int64_t line) {
    Row row{line, std::vector<std::string>(kColumnCount), ""};
    for (std::size_t column = 0; column < kColumnCount; ++column) {
        const auto mapped = map.find(kColumns[column]);
        const std::string_view name = mapped == map.end() ? kColumns[column] : mapped->second;
        if (!put_cell(object, name, row.values[column]))
            row.problem = std::string(name) + " must be text or a number";
    }
    return row;
}

}  // namespace

Result<void> read_json_lines(std::istream& in, const ColumnMap& map, std::uint64_t* bytes_read,
                             const Take& take) {
    std::string text;
    for (std::int64_t line = 1; std::getline(in, text); ++line) {
        if (bytes_read) *bytes_read += text.size() + 1;
        if (trim(text).empty()) continue;
        const auto object =
            text.size() > kLineBytesMax
                ? Result<Json>(fail(Code::invalid_argument, "the line is over 1 MiB"))
                : parse_json(text);
        Row row{line, std::vector<std::string>(kColumnCount), ""};
        if (!object)
            row.problem = object.error().message;
        else if (!object->is_object())
            row.problem = "the line is no JSON object";
        else
            row = row_of(*object, map, line);
        take(row);
    }
    return {};
}

}  // namespace shop::cli
