// The log: one JSON object a line on stderr, with priority, time, service, and the request's ids
// where there is one. The service manager stores and rotates it. Never a secret: no bodies, no
// query strings, no tokens.
//
// Thread safety: any thread; one write(2) a line.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace shop::log {

enum class Level { error, warning, info, debug };

// Before threads start. `service` stands in every line.
void set_service(std::string service);
// Any time (SIGHUP).
void set_level(Level level);
Level level();
Level level_named(std::string_view name);  // info where there is no such name

// `fields` is an object whose members join the line.
void write(Level level, std::string_view message, const Json& fields = Json::object());
inline void error(std::string_view m, const Json& f = Json::object()) { write(Level::error, m, f); }
inline void warning(std::string_view m, const Json& f = Json::object()) {
    write(Level::warning, m, f);
}
inline void info(std::string_view m, const Json& f = Json::object()) { write(Level::info, m, f); }
inline void debug(std::string_view m, const Json& f = Json::object()) { write(Level::debug, m, f); }

}  // namespace shop::log
