#include "bench/store_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <latch>
#include <stdexcept>
#include <thread>

namespace shop::bench {
namespace {

using Clock = std::chrono::steady_clock;

// The finalizer of SplitMix64: each number has another one.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

void put_hex(char* to, std::size_t digits, std::uint64_t value) {
    for (std::size_t i = digits; i-- > 0; value >>= 4) to[i] = "0123456789abcdef"[value & 15];
}

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

// Starts the threads together. Each returns how much it did; together: that much a second.
double run_threads(std::size_t threads,
                   const std::function<std::uint64_t(std::latch& ready, std::size_t)>& work) {
    std::latch ready(static_cast<std::ptrdiff_t>(threads) + 1);
    std::atomic<std::uint64_t> done = 0;
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < threads; ++i) all.emplace_back([&, i] { done += work(ready, i); });
    ready.arrive_and_wait();
    const auto began = Clock::now();
    for (auto& thread : all) thread.join();
    return static_cast<double>(done) / seconds(Clock::now() - began);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// What the process has handed to write calls.
std::uint64_t bytes_written() {
    std::ifstream io("/proc/self/io");
    std::uint64_t bytes = 0;
    for (std::string name; io >> name >> bytes;)
        if (name == "wchar:") return bytes;
    throw std::runtime_error("/proc/self/io does not say what was written");
}

}  // namespace

Id product_id(std::uint64_t number) {
    constexpr std::uint64_t kFirstMs = 1'760'000'000'000;
    Id id{'p', 'r', 'd', '_'};
    put_hex(id.data() + 4, 12, kFirstMs + number);
    id[16] = '7';
    put_hex(id.data() + 17, 3, mix(~number));
    put_hex(id.data() + 20, 16, mix(number));
    return id;
}

std::string product_slug(std::uint64_t number) {
    return fmt::format("{:08x}-white-hanging-heart", mix(number) >> 32);
}

std::string product_text(std::uint64_t number) {
    const Id id = product_id(number);
    return fmt::format(
        R"({{"category":"Home & Lighting","created_at":"2026-11-24T10:56:28.123Z",)"
        R"("description":"For a tea light.",)"
        R"("id":"{0}","image":"{1}.svg","name":"White Hanging Heart T-Light Holder",)"
        R"("number":{2},"price":{{"amount":{3},"currency":"GBP"}},"sku":"{4:08X}",)"
        R"("slug":"{1}","track_stock":true,"updated_at":"2026-11-24T10:56:28.123Z","version":1}})",
        view(id), product_slug(number), 10'000'000 + number, 100 + mix(number) % 900,
        mix(number) >> 32);
}

std::uint64_t Draws::seed() {
    static std::atomic<std::uint64_t> calls = 0;
    return mix(++calls);
}

std::uint64_t Draws::next() { return mix(state_ += 0x9e3779b97f4a7c15) % count_; }

Speed run_changes(std::size_t threads, std::uint64_t count, std::chrono::milliseconds time,
                  const Change& change) {
    std::vector<std::vector<double>> times(threads);
    Speed out;
    const auto written = bytes_written();
    out.per_second = run_threads(threads, [&](std::latch& ready, std::size_t self) {
        Draws draws(count);
        ready.arrive_and_wait();
        const auto end = Clock::now() + time;
        for (auto began = Clock::now(); began < end;) {
            change(draws.next());
            const auto now = Clock::now();
            times[self].push_back(seconds(now - began) * 1000);
            began = now;
        }
        return times[self].size();
    });
    std::vector<double> all;
    for (const auto& own : times) all.insert(all.end(), own.begin(), own.end());
    const auto at = all.begin() + static_cast<std::ptrdiff_t>(all.size() * 99 / 100);
    std::ranges::nth_element(all, at);
    out.p99_ms = *at;
    out.pages_each =
        static_cast<double>(bytes_written() - written) / 4096 / static_cast<double>(all.size());
    return out;
}

Speed run_reads(std::size_t threads, std::uint64_t count, std::chrono::milliseconds time,
                const std::function<Read()>& make_reader) {
    constexpr std::size_t kIds = std::size_t{1} << 18;
    constexpr std::size_t kReadsBetweenLooks = 256;  // at the clock, which costs a tenth of a read
    const double per_second = run_threads(threads, [&](std::latch& ready, std::size_t) {
        Draws draws(count);
        std::vector<Id> ids(kIds);
        for (Id& id : ids) id = product_id(draws.next());
        const Read read = make_reader();
        ready.arrive_and_wait();
        const auto end = Clock::now() + time;
        std::uint64_t done = 0;
        while (Clock::now() < end)
            for (std::size_t i = 0; i < kReadsBetweenLooks; ++i) read(view(ids[done++ % kIds]));
        return done;
    });
    return {.per_second = per_second};
}

Speed Case::median() const {
    const auto of = [this](double Speed::*figure) {
        std::vector<double> values;
        for (const Speed& round : rounds) values.push_back(round.*figure);
        return bench::median(values);
    };
    return {of(&Speed::per_second), of(&Speed::p99_ms), of(&Speed::pages_each)};
}

void run_in_turns(std::vector<Case>& cases, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        for (Case& one : cases) one.rounds.push_back(one.measure());
        std::ranges::reverse(cases);
    }
}

const Case& find(const std::vector<Case>& cases, std::string_view name) {
    const auto found = std::ranges::find(cases, name, &Case::name);
    if (found == cases.end()) throw std::runtime_error(fmt::format("no case {}", name));
    return *found;
}

double ratio(const Case& a, const Case& b) {
    std::vector<double> values;
    for (std::size_t i = 0; i < a.rounds.size(); ++i)
        values.push_back(a.rounds[i].per_second / b.rounds[i].per_second);
    return median(values);
}

}  // namespace shop::bench
