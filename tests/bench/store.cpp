// What the store costs beside LMDB as it is and beside the disk as it is.
//
//     bench_store FOLDER ROUNDS MILLISECONDS_EACH
//
// FOLDER is empty and on the disk that is measured. Two stores, of 10 thousand and of a million
// products: each measurement takes its turn on them in each round.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "api/products.hpp"
#include "bench/store_load.hpp"
#include "bench/store_raw.hpp"
#include "schema/codec.hpp"
#include "store/store.hpp"

namespace {

using namespace shop;
using namespace shop::bench;

const std::vector<std::string> kTables{"products", "products.slug"};
constexpr store::Table kProducts = 0;
constexpr store::Table kSlugs = 1;
constexpr std::uint64_t kFew = 10'000;
constexpr std::uint64_t kMany = 1'000'000;
constexpr std::uint64_t kBatch = 50'000;  // puts in one closure of the filling

std::unique_ptr<store::Store> open_or_throw(const std::filesystem::path& folder) {
    auto opened = store::open_lmdb({.folder = folder, .tables = kTables});
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
}

void done_or_throw(const Result<void>& done) {
    if (!done) throw std::runtime_error(done.error().message);
}

// Puts entry 0 to `count` - 1, many in a transaction. `entry` gives the i-th key and value.
template <class Fn>
void fill_table(store::Store& store, store::Table table, std::uint64_t count, const Fn& entry) {
    for (std::uint64_t from = 0; from < count; from += kBatch) {
        const auto to = std::min(count, from + kBatch);
        done_or_throw(store.write([&](store::Transaction& tx) -> Result<void> {
            for (std::uint64_t i = from; i < to; ++i) {
                const auto [key, value] = entry(i);
                tx.put(table, key, value);
            }
            return {};
        }));
        if (to * 4 / count > from * 4 / count)
            fmt::print(stderr, "  {}: {} of {}\n", kTables[table], to, count);
    }
}

void fill(store::Store& store, std::uint64_t count) {
    fill_table(store, kProducts, count, [](std::uint64_t i) {
        return std::pair{std::string(view(product_id(i))), product_text(i)};
    });
    std::vector<std::pair<std::string, std::string>> slugs;
    for (std::uint64_t i = 0; i < count; ++i)
        slugs.emplace_back(product_slug(i), view(product_id(i)));
    std::ranges::sort(slugs);  // each page is then written once, not once in each batch
    fill_table(store, kSlugs, count, [&](std::uint64_t i) { return slugs[i]; });
}

// A store of so many products in a folder, which opens in turns as the store and as raw LMDB, so
// that both work on the same file.
class Shop {
public:
    Shop(std::filesystem::path folder, std::uint64_t count)
        : folder_(std::move(folder)), count_(count) {
        fill(ours(), count);
    }
    std::uint64_t count() const { return count_; }
    store::Store& ours() {
        raw_.reset();
        if (!ours_) ours_ = open_or_throw(folder_);
        return *ours_;
    }
    RawLmdb& raw() {
        ours_.reset();
        if (!raw_) raw_ = std::make_unique<RawLmdb>(folder_, kTables);
        return *raw_;
    }

private:
    const std::filesystem::path folder_;
    const std::uint64_t count_;
    std::unique_ptr<store::Store> ours_;
    std::unique_ptr<RawLmdb> raw_;
};

Change change_ours(store::Store& store) {
    return [&store](std::uint64_t number) {
        const Id id = product_id(number);
        const std::string text = product_text(number);
        const std::string slug = product_slug(number);
        done_or_throw(store.write([&](store::Transaction& tx) -> Result<void> {
            tx.put(kProducts, view(id), text);
            tx.put(kSlugs, slug, view(id));
            return {};
        }));
    };
}

Change change_raw(RawLmdb& raw) {
    return [&raw](std::uint64_t number) {
        const Id id = product_id(number);
        raw.change(view(id), product_text(number), product_slug(number), view(id));
    };
}

// `look` gets the document's bytes.
template <class Look>
Read read_ours(const store::Store& store, const Look& look) {
    return [&store, look](std::string_view id) {
        done_or_throw(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
            const auto bytes = snapshot.get(kProducts, id);
            if (!bytes || bytes->front() != '{') return fail(Code::internal, "no document");
            look(*bytes);
            return {};
        }));
    };
}

Read read_raw(const RawLmdb& raw) {
    return [reader = std::make_shared<RawReader>(raw)](std::string_view id) { reader->read(id); };
}

// The cases of one shop; their names start with its count.
std::vector<Case> change_cases(Shop& shop, std::chrono::milliseconds time) {
    std::vector<Case> out;
    const auto add = [&](std::string_view name, std::size_t writers, auto make) {
        out.push_back(
            {fmt::format("{} {}, {}", shop.count(), name, writers), [&shop, writers, time, make] {
                 return run_changes(writers, shop.count(), time, make());
             }});
    };
    add("raw LMDB", 1, [&shop] { return change_raw(shop.raw()); });
    for (const std::size_t writers : {1, 8, 32, 128})
        add("ours", writers, [&shop] { return change_ours(shop.ours()); });
    return out;
}

std::vector<Case> read_cases(Shop& shop, std::chrono::milliseconds time) {
    std::vector<Case> out;
    const auto add = [&](std::string_view name, std::size_t threads, auto open, auto make) {
        out.push_back({fmt::format("{} {}, {}", shop.count(), name, threads),
                       [&shop, threads, time, open, make] {
                           auto& opened = open();
                           return run_reads(threads, shop.count(), time,
                                            [&] { return make(opened); });
                       }});
    };
    const auto ours = [&shop]() -> store::Store& { return shop.ours(); };
    const auto raw = [&shop]() -> RawLmdb& { return shop.raw(); };
    const auto bytes = [](const auto& store) { return read_ours(store, [](auto) {}); };
    for (const std::size_t threads : {1, 2}) {
        add("raw LMDB", threads, raw, read_raw);
        add("ours", threads, ours, bytes);
    }
    add("decoded", 1, ours, [](const auto& store) {
        return read_ours(store, [](auto text) { (void)schema::decode_stored<api::Product>(text); });
    });
    return out;
}

// In turns: few and many side by side.
std::vector<Case> alternate(std::vector<Case> few, std::vector<Case> many) {
    std::vector<Case> out;
    for (std::size_t i = 0; i < few.size(); ++i) {
        out.push_back(std::move(few[i]));
        out.push_back(std::move(many[i]));
    }
    return out;
}

const Case& at(const std::vector<Case>& cases, std::uint64_t count, std::string_view name) {
    return find(cases, fmt::format("{} {}", count, name));
}

void print_ratio(const std::vector<Case>& cases, std::string_view a, std::string_view b,
                 std::string_view goal) {
    fmt::print("{:<34} {:>9.2f} {:>28.2f}{:>19}   {}\n", fmt::format("{} / {}", a, b),
               ratio(at(cases, kFew, a), at(cases, kFew, b)),
               ratio(at(cases, kMany, a), at(cases, kMany, b)), "", goal);
}

// What one act costs at a million, as a multiple of what it costs at 10 thousand.
void print_growth(const std::vector<Case>& cases, std::string_view what, std::string_view name,
                  std::string_view goal) {
    fmt::print("{:<34} {:>9.2f}   {}\n", what, ratio(at(cases, kFew, name), at(cases, kMany, name)),
               goal);
}

void print_reads(const std::vector<Case>& cases) {
    fmt::print("\nPoint reads/s, each on the newest snapshot, ids at random\n");
    fmt::print("{:<34} {:>9} {:>28}\n", "products in the store", kFew, kMany);
    for (const auto* name : {"ours, 1", "raw LMDB, 1", "ours, 2", "raw LMDB, 2", "decoded, 1"})
        fmt::print("{:<34} {:>9.0f} {:>28.0f}\n", name, at(cases, kFew, name).median().per_second,
                   at(cases, kMany, name).median().per_second);
    print_ratio(cases, "ours, 1", "raw LMDB, 1", "(goal: at least 0.5)");
    print_ratio(cases, "ours, 2", "raw LMDB, 2", "(goal: at least 0.5)");
    fmt::print("\nWhat a read costs at {} products, in reads at {}\n", kMany, kFew);
    print_growth(cases, "the document's bytes", "ours, 1", "(goal: at most 1.3)");
    print_growth(cases, "the same of raw LMDB", "raw LMDB, 1",
                 "(10 thousand fit the processor's caches)");
    print_growth(cases, "the decoded document", "decoded, 1", "(goal: at most 1.3)");
}

void print_changes(const std::vector<Case>& cases) {
    fmt::print("\nChanges/s of a document and an index entry, on disk when they return\n");
    fmt::print("{:<34} {:>9} {:>8} {:>8} {:>10} {:>8} {:>8}\n", "products in the store", kFew,
               "p99 ms", "pages", kMany, "p99 ms", "pages");
    for (const auto* name : {"ours, 1", "ours, 8", "ours, 32", "ours, 128", "raw LMDB, 1"}) {
        const Speed few = at(cases, kFew, name).median();
        const Speed many = at(cases, kMany, name).median();
        fmt::print("{:<34} {:>9.0f} {:>8.2f} {:>8.1f} {:>10.0f} {:>8.2f} {:>8.1f}\n", name,
                   few.per_second, few.p99_ms, few.pages_each, many.per_second, many.p99_ms,
                   many.pages_each);
    }
    const Speed plain = find(cases, "file").median();
    fmt::print("{:<34} {:>9.0f} {:>8.2f} {:>8.1f}\n", "4 KiB written and synced, one file",
               plain.per_second, plain.p99_ms, plain.pages_each);
    print_ratio(cases, "ours, 1", "raw LMDB, 1", "(goal: at least 0.8)");
    print_ratio(cases, "ours, 32", "raw LMDB, 1", "(goal: at least 8)");
    fmt::print("\nWhat a change costs at {} products, in changes at {}\n", kMany, kFew);
    print_growth(cases, "ours, 1", "ours, 1", "(goal: at most 1.3)");
    print_growth(cases, "raw LMDB, 1", "raw LMDB, 1", "");
}

int run(const std::filesystem::path& folder, int rounds, std::chrono::milliseconds each) {
    const auto began = std::chrono::steady_clock::now();
    fmt::print(stderr, "Filling the stores\n");
    Shop few(folder / "few", kFew);
    Shop many(folder / "many", kMany);
    RawFile file(folder / "plain");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    fmt::print("{} products of {} bytes filled in {:.1f} s; medians of {} rounds of {} ms\n", kMany,
               product_text(0).size(), took.count(), rounds, each.count());
    auto reads = alternate(read_cases(few, each), read_cases(many, each));
    run_in_turns(reads, rounds);
    print_reads(reads);
    auto changes = alternate(change_cases(few, each), change_cases(many, each));
    changes.push_back(
        {"file", [&] { return run_changes(1, 1, each, [&](auto) { file.write_and_sync(); }); }});
    run_in_turns(changes, rounds);
    print_changes(changes);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 3)
            return run(words[0], std::stoi(words[1]),
                       std::chrono::milliseconds(std::stoi(words[2])));
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_store: {}\n", error.what());
        return 1;
    }
    fmt::print(stderr, "Usage: see the head of tests/bench/store.cpp\n");
    return 2;
}
