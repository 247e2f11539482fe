#include "base/time.hpp"

#include <fmt/format.h>

namespace shop {
namespace {

class SystemClock : public Clock {
public:
    Time now() const override {
        return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
    }
};

// Reads a text from left to right; the first thing that is not there makes it, and all after it,
// fail.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!at_digit()) return failed();
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }
    int two_digits(int max) {
        const int value = digits(2);
        return value > max ? failed() : value;
    }
    // One of the characters; 0 where none of them is there.
    char one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
            failed();
            return 0;
        }
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }
    // ".123456789" -> 123; 0 where there is no point.
    int fraction_millis() {
        if (!rest_.starts_with('.')) return 0;
        rest_.remove_prefix(1);
        int value = 0;
        std::size_t count = 0;
        for (; at_digit() && count < 9; ++count) {
            if (count < 3) value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        if (count == 0) return failed();
        for (; count < 3; ++count) value *= 10;
        return value;
    }
    bool done() const { return ok_ && rest_.empty(); }

private:
    bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
    int failed() {
        ok_ = false;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool ok_ = true;
};

Failure not_a_time() {
    return fail(Code::invalid_argument,
                "is not a time; write it as in RFC 3339, like 2026-11-24T10:56:28Z");
}

std::chrono::year year_of(Time time) {
    return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year();
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string format_time(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

Result<Time> parse_time(std::string_view text) {
    using namespace std::chrono;
    Reader in(text);
    const int y = in.digits(4);
    in.one_of("-");
    const int m = in.digits(2);
    in.one_of("-");
    const int d = in.digits(2);
    in.one_of("Tt");
    const hours hour(in.two_digits(23));
    in.one_of(":");
    const minutes minute(in.two_digits(59));
    in.one_of(":");
    const seconds second(in.two_digits(59));
    const Millis fraction(in.fraction_millis());
    const char zone = in.one_of("Zz+-");
    minutes offset(0);
    if (zone == '+' || zone == '-') {
        offset += hours(in.two_digits(23));
        in.one_of(":");
        offset += minutes(in.two_digits(59));
        if (zone == '-') offset = -offset;
    }
    const year_month_day date(year(y), month(static_cast<unsigned>(m)),
                              day(static_cast<unsigned>(d)));
    if (!in.done() || !date.ok()) return not_a_time();
    const Time time = sys_days(date) + hour + minute + second + fraction - offset;
    if (year_of(time) < year(1970) || year_of(time) > year(9999)) return not_a_time();
    return time;
}

}  // namespace shop
