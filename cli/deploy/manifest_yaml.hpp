// YAML of a file that a person wrote, as JSON, with the line of each value: one document without
// duplicate keys, keys without a value or types of one's own. Private to the manifest.
//
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace shop::cli::deploy {

struct YamlDocument {
    Json value;
    std::map<std::string, int, std::less<>> lines;  // 1, 2, … by JSON pointer

    // Of the value, or of the nearest one around it that the file has.
    int line_of(std::string_view pointer) const;
};

// Only `true`, `false` and JSON's numbers, bare, are anything but texts: `no`, `010` and `1_000`
// are texts, so that nothing is guessed. invalid_argument with the line.
Result<YamlDocument> read_yaml(std::string_view text);

}  // namespace shop::cli::deploy
