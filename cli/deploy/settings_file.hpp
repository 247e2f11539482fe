// A few lines of a service's TOML file, without its reader, which is the services' own.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

namespace shop::cli::deploy {

// The text of `key = "value"`; empty where the file has no such line. Our settings have neither
// tables nor texts over several lines; escapes are not undone, paths have none.
std::string setting_of(std::string_view toml, std::string_view key);

}  // namespace shop::cli::deploy
