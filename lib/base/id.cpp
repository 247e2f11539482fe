#include "base/id.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace shop {
namespace {

constexpr std::size_t kHexDigits = 32;
constexpr std::uint64_t kCounterMax = 0xFFF;

// Millisecond and counter of the next id: always later than the last one's, also where the clock
// stands or goes back.
struct Tick {
    std::uint64_t millis;
    std::uint64_t counter;
};

Tick next_tick(std::uint64_t now, std::uint64_t random_start) {
    static std::mutex mutex;
    static Tick last{0, 0};
    const std::lock_guard lock(mutex);
    if (now > last.millis)
        last = {now, random_start};
    else if (last.counter < kCounterMax)
        ++last.counter;
    else
        last = {last.millis + 1, random_start};
    return last;
}

std::uint64_t read_number(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

void append_number(std::string& bytes, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

}  // namespace

std::string new_id(std::string_view prefix) {
    const std::string random = id_bytes(10);
    const auto now = static_cast<std::uint64_t>(system_clock().now().time_since_epoch().count());
    // The counter starts in the lower half, so that at least 2,048 ids fit one millisecond.
    const Tick tick = next_tick(now, read_number(random.substr(8)) & 0x7FF);
    std::string uuid;
    append_number(uuid, tick.millis << 16 | 0x7000 | tick.counter);
    append_number(uuid, (read_number(random.substr(0, 8)) >> 2) | 0x8000'0000'0000'0000);
    return std::string(prefix) + '_' + to_hex(uuid);
}

bool is_id(std::string_view text, std::string_view prefix) {
    if (text.size() != prefix.size() + 1 + kHexDigits) return false;
    if (!text.starts_with(prefix) || text[prefix.size()] != '_') return false;
    return std::ranges::all_of(text.substr(prefix.size() + 1), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

}  // namespace shop
