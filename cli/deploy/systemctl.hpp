// What systemd says of a unit, and what it is told, by its own programs: systemctl and journalctl.
//
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace shop::cli::deploy {

// Several lines of one name ("Listen") are one value with line feeds between them.
using UnitProperties = std::map<std::string, std::string, std::less<>>;

// `names`: with commas between them. A property that is not set is empty, and a unit that there is
// none of has LoadState=not-found: neither is an error.
Result<UnitProperties> show_unit(const std::string& unit, const std::string& names);
// Empty where it has none of that name.
std::string_view property(const UnitProperties& properties, std::string_view name);
// failed_precondition with systemctl's own words.
Result<void> tell_systemd(std::vector<std::string> words);

// Why a unit does not run, of its properties kEndProperties: "exit 2", "oom-kill"; empty where it
// ended well.
inline constexpr const char* kEndProperties = "Result,ExecMainCode,ExecMainStatus";
std::string end_reason(const UnitProperties& properties);
// Why it was restarted last, by what the journal has of it; empty where it has nothing.
std::string restart_reason(const std::string& unit);
// The last lines of its log, for people; empty where the journal has none, or can't be read.
std::string last_words(const std::string& unit);

}  // namespace shop::cli::deploy
