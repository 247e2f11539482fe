#include "deploy/settings_file.hpp"

#include "base/text.hpp"

namespace shop::cli::deploy {

std::string setting_of(std::string_view toml, std::string_view key) {
    for (auto line : split(toml, '\n')) {
        line = trim(line);
        if (!line.starts_with(key)) continue;
        line = trim(line.substr(key.size()));
        if (!line.starts_with('=')) continue;
        line = trim(line.substr(1));
        if (line.empty() || (line[0] != '"' && line[0] != '\'')) continue;
        const auto end = line.find(line[0], 1);
        if (end != std::string_view::npos) return std::string(line.substr(1, end - 1));
    }
    return {};
}

}  // namespace shop::cli::deploy
