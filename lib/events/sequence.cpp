#include "events/sequence.hpp"

namespace shop::events {

std::int64_t sequence_in(std::string_view key) {
    if (key.size() != sizeof(std::int64_t)) return 0;
    std::uint64_t bits = 0;
    for (const char byte : key) bits = bits << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63));
}

std::int64_t last_sequence(const store::Snapshot& snapshot, store::Table table) {
    std::int64_t last = 0;
    snapshot.scan(table, {.from = {}, .to = {}, .reverse = true},
                  [&](std::string_view key, std::string_view) {
                      last = sequence_in(key);
                      return false;
                  });
    return last;
}

}  // namespace shop::events
