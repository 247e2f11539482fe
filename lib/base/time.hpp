// Points in time: UTC, millisecond resolution; in JSON an RFC 3339 string
// ("2026-11-24T10:56:28.123Z").
//
// Thread safety: Clock implementations may be called from any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Millis = std::chrono::milliseconds;

// The seam where tests put their own time.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

// The machine's clock. Lives as long as the process.
const Clock& system_clock();

// A clock that tests move by hand.
class ManualClock : public Clock {
public:
    explicit ManualClock(Time start) : now_(start) {}
    Time now() const override { return now_; }
    void advance(Millis by) { now_ += by; }

private:
    Time now_;
};

std::string format_time(Time time);
// Years 1970 to 9999, with `Z` or a numeric offset, 0 to 9 fractional digits (cut to milliseconds).
Result<Time> parse_time(std::string_view text);

}  // namespace shop
