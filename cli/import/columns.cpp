#include <algorithm>

#include "base/text.hpp"
#include "import/rows.hpp"

namespace shop::cli {

std::size_t column_index(std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(kColumns, name) - std::begin(kColumns));
}

Result<ColumnMap> parse_map(std::string_view text) {
    ColumnMap map;
    if (text.empty()) return map;
    for (const auto pair : split(text, ',')) {
        const auto equals = pair.find('=');
        const std::string ours(trim(pair.substr(0, equals)));
        if (equals == std::string_view::npos || column_index(ours) == kColumnCount)
            return fail(Code::invalid_argument, "--map: \"" + std::string(pair) +
                                                    "\" must read COLUMN=NAME, where COLUMN is "
                                                    "one of sku, name, slug, description, "
                                                    "category, price, currency, stock, image.");
        map[ours] = std::string(trim(pair.substr(equals + 1)));
    }
    return map;
}

}  // namespace shop::cli
