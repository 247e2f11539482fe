// What bench_store does to each store, and how it is timed: the products, threads that work for a
// while, and cases that are measured in turns.
//
// Thread safety: calls share nothing, except that `Work` is called by all threads of its run.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace shop::bench {

// Product `number` of a store, from 0: its id (ids sort by number, as those of a real shop do by
// time), its slug (slugs sort in no such order), and its document, about 400 bytes of JSON.
using Id = std::array<char, 36>;
Id product_id(std::uint64_t number);
std::string product_slug(std::uint64_t number);
std::string product_text(std::uint64_t number);

inline std::string_view view(const Id& id) { return {id.data(), id.size()}; }

struct Speed {
    double per_second = 0;
    double p99_ms = 0;      // this and the next of run_changes alone
    double pages_each = 0;  // of 4 KiB, that a change writes
};

// Numbers below a store's count, all as likely as each other.
class Draws {
public:
    explicit Draws(std::uint64_t count) : count_(count) {}
    std::uint64_t next();

private:
    std::uint64_t count_;
    std::uint64_t state_ = seed();
    static std::uint64_t seed();  // another one at each call
};

// Threads that each make one change of a product of `count` after the other.
using Change = std::function<void(std::uint64_t number)>;
Speed run_changes(std::size_t threads, std::uint64_t count, std::chrono::milliseconds time,
                  const Change& change);

// Threads that each read one product of `count` after the other; each makes a reader of its own.
// Ids are drawn before the time starts.
using Read = std::function<void(std::string_view id)>;
Speed run_reads(std::size_t threads, std::uint64_t count, std::chrono::milliseconds time,
                const std::function<Read()>& make_reader);

// One thing that is measured, once in each round.
struct Case {
    std::string name;
    std::function<Speed()> measure;
    std::vector<Speed> rounds = {};

    Speed median() const;  // of each figure by itself
};
// One case after the other, there and back, in all `rounds` times: what else the machine does, and
// what a case leaves to the next one, hits all alike.
void run_in_turns(std::vector<Case>& cases, int rounds);
// Throws where there is none.
const Case& find(const std::vector<Case>& cases, std::string_view name);
// How many times as fast as `b` the case `a` is: the median over the rounds.
double ratio(const Case& a, const Case& b);

}  // namespace shop::bench
