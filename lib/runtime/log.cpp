#include "runtime/log.hpp"

#include <unistd.h>

#include <atomic>

#include "base/time.hpp"

namespace shop::log {
namespace {

struct LevelRow {
    Level level;
    std::string_view name;
    int priority;  // of syslog(3), which the journal reads
};
constexpr LevelRow kLevels[] = {{Level::error, "error", 3},
                                {Level::warning, "warning", 4},
                                {Level::info, "info", 6},
                                {Level::debug, "debug", 7}};

std::string& service_name() {
    static std::string name;
    return name;
}

std::atomic<Level> current{Level::info};

}  // namespace

void set_service(std::string service) { service_name() = std::move(service); }
void set_level(Level level) { current.store(level, std::memory_order_relaxed); }
Level level() { return current.load(std::memory_order_relaxed); }

Level level_named(std::string_view name) {
    for (const auto& row : kLevels)
        if (row.name == name) return row.level;
    return Level::info;
}

void write(Level level, std::string_view message, const Json& fields) {
    if (level > log::level()) return;
    const LevelRow& row = kLevels[static_cast<std::size_t>(level)];
    Json line = {{"time", format_time(system_clock().now())},
                 {"level", row.name},
                 {"priority", row.priority},
                 {"service", service_name()},
                 {"message", message}};
    line.update(fields);
    const std::string text = dump(line) + "\n";
    // A log that can't be written must not stop the shop.
    (void)!::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace shop::log
