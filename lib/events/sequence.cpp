#include "events/sequence.hpp"

#include <fmt/format.h>

#include <limits>

namespace shop::events {

std::int64_t last_sequence(const store::Snapshot& snapshot, store::Table table) {
    std::int64_t last = 0;
    snapshot.scan(table, {.from = {}, .to = {}, .reverse = true},
                  [&](std::string_view key, std::string_view) {
                      last = store::number_of(key);
                      return false;
                  });
    return last;
}

store::CheckPage check_sequence(const store::Snapshot& snapshot, store::Table table,
                                std::string_view after, std::size_t count_max,
                                const JudgeEntry& judge) {
    store::CheckPage page;
    const std::int64_t before = store::number_of(after);
    if (before < 0 || before == std::numeric_limits<std::int64_t>::max()) return page;  // hostile
    std::int64_t expected = before + 1;
    std::string last;
    const store::Range range{.from = after.empty() ? "" : store::key_of(expected), .to = {}};
    snapshot.scan(table, range, [&](std::string_view key, std::string_view value) {
        if (page.examined == count_max) {
            page.next = last;
            return false;
        }
        ++page.examined;
        const std::int64_t seq = store::number_of(key);
        if (seq < 1) {
            page.faults.push_back({std::to_string(expected), "an entry before it is none of ours"});
            return true;
        }
        last = key;
        std::string problem = seq == expected ? judge(value) : fmt::format("{} is next", seq);
        if (!problem.empty()) {
            const std::string missing = seq == expected ? "" : "is missing: ";
            page.faults.push_back({std::to_string(expected), missing + problem});
            page.next = last;
        }
        expected = seq + 1;
        return problem.empty();
    });
    return page;
}

}  // namespace shop::events
