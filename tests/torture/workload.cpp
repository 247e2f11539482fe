#include "torture/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace shop::torture {
namespace {

constexpr std::uint64_t kSlots = 10;

struct Entry {
    store::Table table;
    std::string key;
    std::optional<std::string> value;  // nothing: it is erased
};

// Differs from change to change in every sector.
std::string value(std::size_t lane, std::uint64_t number, std::size_t size) {
    const std::string word = fmt::format("<{}/{}>", lane, number);
    std::string out;
    while (out.size() < size) out += word;
    out.resize(size);
    return out;
}

std::string count_key(std::size_t lane) { return fmt::format("{}/count", lane); }

std::vector<Entry> entries(std::size_t lane, std::uint64_t number) {
    const auto text = [&](std::size_t size) { return value(lane, number, size); };
    const std::string slot = fmt::format("{}/{}/", lane, number % kSlots);
    std::vector<Entry> out{{0, count_key(lane), std::to_string(number)},
                           {0, slot + "few", text(10 + number * 37 % 400)},
                           {1, slot + "page", text(number * 997 % 4'000)},
                           {1, slot + "pages", std::nullopt}};
    if (number % 4 == 0) out.back().value = text(5'000 + number * 7'919 % 45'000);
    if (number % 7 == 3)
        for (auto entry = out.begin() + 1; entry != out.end(); ++entry) entry->value.reset();
    return out;
}

}  // namespace

void make_change(store::Transaction& tx, std::size_t lane, std::uint64_t number) {
    for (const auto& [table, key, value] : entries(lane, number)) {
        if (value) {
            tx.put(table, key, *value);
        } else {
            tx.erase(table, key);
        }
    }
}

Contents expected(const std::vector<std::uint64_t>& counts) {
    Contents out;
    for (std::size_t lane = 0; lane < counts.size(); ++lane) {
        // A slot is written whole, so that older changes have left nothing.
        const std::uint64_t last = counts[lane];
        for (auto number = last - std::min(last, kSlots) + 1; number <= last; ++number)
            for (auto& [table, key, value] : entries(lane, number))
                if (value) out[{table, key}] = std::move(*value);
    }
    return out;
}

Contents read_all(const store::Snapshot& snapshot) {
    Contents out;
    for (store::Table table = 0; table < kTables.size(); ++table)
        snapshot.scan(table, {}, [&](std::string_view key, std::string_view value) {
            out.emplace(std::pair(table, std::string(key)), value);
            return true;
        });
    return out;
}

std::uint64_t count_of(const Contents& contents, std::size_t lane) {
    const auto entry = contents.find({0, count_key(lane)});
    return entry == contents.end() ? 0 : std::stoull(entry->second);
}

}  // namespace shop::torture
