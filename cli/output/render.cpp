#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/money.hpp"
#include "base/text.hpp"
#include "output/view.hpp"

namespace shop::cli {
namespace {

std::vector<Json> rows_of(const Json& value) {
    if (value.is_array()) return {value.begin(), value.end()};
    return {value};
}

std::string at(const Json& row, const std::string& pointer) {
    const Json::json_pointer where(pointer);
    return row.contains(where) ? cell_text(row.at(where)) : "";
}

bool is_money(const Json& value) {
    return value.is_object() && value.size() == 2 && value.contains("amount") &&
           value.contains("currency");
}

// Control characters of somebody's data must not steer the terminal.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

std::string table(const Json& value, const View& view, bool wide, bool color) {
    std::vector<Column> columns;
    std::ranges::copy_if(view.columns, std::back_inserter(columns),
                         [&](const Column& column) { return wide || !column.wide; });
    std::vector<std::vector<std::string>> lines(1);
    for (const auto& column : columns) lines[0].push_back(column.header);
    for (const Json& row : rows_of(value)) {
        auto& line = lines.emplace_back();
        for (const auto& column : columns) line.push_back(printable(at(row, column.pointer)));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], utf8_length(line[i]));
    std::string out;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        std::string text;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string pad(widths[i] - utf8_length(lines[n][i]), ' ');
            text += columns[i].right ? pad + lines[n][i] : lines[n][i] + pad;
            text += "  ";
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += n == 0 && color ? "\033[1m" + text + "\033[0m\n" : text + "\n";
    }
    return out;
}

std::string csv(const Json& value, const View& view) {
    std::string out;
    for (std::size_t i = 0; i < view.columns.size(); ++i)
        out += (i ? "," : "") + csv_field(to_lower(view.columns[i].header));
    out += "\n";
    for (const Json& row : rows_of(value)) {
        for (std::size_t i = 0; i < view.columns.size(); ++i)
            out += (i ? "," : "") + csv_field(at(row, view.columns[i].pointer));
        out += "\n";
    }
    return out;
}

void emit_yaml(YAML::Emitter& out, const Json& value) {
    if (value.is_object()) {
        out << YAML::BeginMap;
        for (const auto& [key, item] : value.items()) {
            out << YAML::Key << key << YAML::Value;
            emit_yaml(out, item);
        }
        out << YAML::EndMap;
    } else if (value.is_array()) {
        out << YAML::BeginSeq;
        for (const Json& item : value) emit_yaml(out, item);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        // Quoted, so that "no", "1e3" and the like stay text for every reader.
        out << YAML::DoubleQuoted << value.get<std::string>();
    } else if (value.is_null()) {
        out << YAML::Null;
    } else {
        out << dump(value);
    }
}

std::string yaml(const Json& value) {
    YAML::Emitter out;
    emit_yaml(out, value);
    return std::string(out.c_str()) + "\n";
}

std::string names(const Json& value, const View& view) {
    std::string out;
    for (const Json& row : rows_of(value)) out += at(row, view.name_pointer) + "\n";
    return out;
}

}  // namespace

const std::vector<std::string>& output_formats() {
    static const std::vector<std::string> formats = {"table", "wide", "json",
                                                     "yaml",  "csv",  "name"};
    return formats;
}

std::string cell_text(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (is_money(value))
        return format_money(
            {value["amount"].get<std::int64_t>(), value["currency"].get<std::string>()});
    if (value.is_array()) {
        // Words read well in a row; of anything else it is told how many there are.
        const auto is_word = [](const Json& item) { return item.is_string(); };
        if (value.empty() || !std::ranges::all_of(value, is_word))
            return std::to_string(value.size());
        return fmt::format("{}", fmt::join(value.get<std::vector<std::string>>(), ", "));
    }
    return dump(value);
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

Result<std::string> render(const Json& value, const View& view, std::string_view format,
                           bool color) {
    if (format == "json") return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    if (format == "yaml") return yaml(value);
    if (format == "csv") return csv(value, view);
    if (format == "name") return names(value, view);
    return table(value, view, format == "wide", color);
}

}  // namespace shop::cli
