// Random rows of changes against plain maps, for every engine.
//
// Each closure reads how many changes are committed before it and, where it writes, adds one to
// them. So whatever order the engine gives to closures that come at once, the order is known
// afterwards, and the maps, taken through the same order, must have shown every closure what the
// engine showed it.
#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <latch>
#include <map>
#include <ostream>
#include <thread>

#include "base/limits.hpp"
#include "contract/engines.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

const std::vector<std::string> kModelTables{"a", "b", "commits"};
constexpr Table kCommits = 2;  // one entry for each change that was committed

enum class Act { get, scan, count, put, erase, sweep };
struct Action {
    Act act = Act::get;
    Table table = 0;
    std::string key;
    std::string value;
    Range range;
    std::size_t entries_max = 0;  // of a scan
};
enum class Ending { reads, commits, refuses, throws };
struct Closure {
    Ending ending = Ending::commits;
    std::vector<Action> actions;
};
// Closures that come at once, and whether a snapshot is held open meanwhile.
struct Round {
    std::vector<Closure> closures;
    bool under_snapshot = false;
};

// What one run of a closure saw: by action.
struct Seen {
    std::uint64_t place = 0;  // changes committed before it
    std::vector<Entries> actions;
    bool operator==(const Seen&) const = default;
};

// The tables as plain maps.
class MapTransaction final : public Transaction {
public:
    std::optional<std::string_view> get(Table table, std::string_view key) const override {
        const auto found = tables_[table].find(std::string(key));
        if (found == tables_[table].end()) return std::nullopt;
        return found->second;
    }
    void scan(Table table, const Range& range, const Visit& visit) const override {
        Entries inside;
        for (const auto& [key, value] : tables_[table])
            if (key >= range.from && (range.to.empty() || key < range.to))
                inside.emplace_back(key, value);
        if (range.reverse) std::ranges::reverse(inside);
        for (const auto& [key, value] : inside)
            if (!visit(key, value)) return;
    }
    std::uint64_t count(Table table) const override { return tables_[table].size(); }
    void put(Table table, std::string_view key, std::string_view value) override {
        tables_[table][std::string(key)] = value;
    }
    bool erase(Table table, std::string_view key) override {
        return tables_[table].erase(std::string(key)) == 1;
    }

private:
    std::vector<std::map<std::string, std::string>> tables_ =
        std::vector<std::map<std::string, std::string>>(kModelTables.size());
};

Entries look(const Snapshot& view, const Action& action) {
    Entries out;
    if (action.act == Act::get) {
        if (const auto value = view.get(action.table, action.key))
            out.emplace_back(action.key, *value);
    } else if (action.act == Act::count) {
        out.emplace_back("count", std::to_string(view.count(action.table)));
    } else {
        view.scan(action.table, action.range, [&](std::string_view key, std::string_view value) {
            out.emplace_back(key, value);
            return out.size() < action.entries_max;
        });
    }
    return out;
}

// Scans a range and writes to each entry that it stands on: every other one goes, the rest grow.
Entries sweep(Transaction& tx, const Action& action) {
    Entries out;
    tx.scan(action.table, action.range, [&](std::string_view key, std::string_view value) {
        const auto& [key_copy, value_copy] = out.emplace_back(key, value);
        if (out.size() % 2 == 0) {
            tx.erase(action.table, key_copy);
        } else {
            tx.put(action.table, key_copy, value_copy + action.value);
        }
        return out.size() < action.entries_max;
    });
    return out;
}

Entries change(Transaction& tx, const Action& action) {
    if (action.act == Act::sweep) return sweep(tx, action);
    if (action.act == Act::erase)
        return {{"erase", tx.erase(action.table, action.key) ? "found" : "missing"}};
    if (action.act == Act::put) {
        tx.put(action.table, action.key, action.value);
        return {};
    }
    return look(tx, action);
}

Seen run_closure_on(const Snapshot& snapshot, const Closure& closure) {
    Seen out{.place = snapshot.count(kCommits)};
    for (const Action& action : closure.actions) out.actions.push_back(look(snapshot, action));
    return out;
}

Seen run_closure_on(Transaction& tx, const Closure& closure) {
    if (closure.ending == Ending::reads)
        return run_closure_on(static_cast<const Snapshot&>(tx), closure);
    Seen out{.place = tx.count(kCommits)};
    for (const Action& action : closure.actions) out.actions.push_back(change(tx, action));
    tx.put(kCommits, fmt::format("{:08}", out.place), "");
    return out;
}

std::vector<Entries> all_tables(const Snapshot& view) {
    std::vector<Entries> out;
    for (Table table = 0; table < kModelTables.size(); ++table)
        out.push_back(scan(view, table, {}));
    return out;
}

std::vector<Entries> all_tables(const Store& store) {
    std::vector<Entries> out;
    const auto done = store.read([&](const Snapshot& snapshot) -> Result<void> {
        out = all_tables(snapshot);
        return {};
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

struct Outcome {
    const Closure* closure;
    Seen seen;
    Result<void> result;
};

Outcome run_closure_on(Store& store, const Closure& closure) {
    Outcome out{&closure, {}, {}};
    if (closure.ending == Ending::reads) {
        out.result = store.read([&](const Snapshot& snapshot) -> Result<void> {
            out.seen = run_closure_on(snapshot, closure);
            return {};
        });
        return out;
    }
    out.result = store.write([&](Transaction& tx) -> Result<void> {
        out.seen = run_closure_on(tx, closure);
        if (closure.ending == Ending::refuses) return fail(Code::conflict, "no");
        if (closure.ending == Ending::throws) throw std::runtime_error("bug");
        return {};
    });
    return out;
}

std::vector<Outcome> run_at_once(Store& store, const std::vector<Closure>& closures) {
    std::vector<Outcome> out(closures.size());
    if (closures.size() == 1) return {run_closure_on(store, closures.front())};
    std::latch start(static_cast<std::ptrdiff_t>(closures.size()));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < closures.size(); ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            out[i] = run_closure_on(store, closures[i]);
        });
    threads.clear();
    return out;
}

// Takes the maps through what the engine did, in the engine's order.
void follow(MapTransaction& model, std::vector<Outcome> outcomes) {
    // Of those that saw the same number of changes the one that added to it comes last.
    std::ranges::sort(outcomes, {}, [](const Outcome& outcome) {
        return std::pair(outcome.seen.place, outcome.closure->ending == Ending::commits);
    });
    for (const auto& [closure, seen, result] : outcomes) {
        MapTransaction after = model;
        RC_ASSERT(run_closure_on(after, *closure) == seen);
        const bool fails = closure->ending == Ending::refuses || closure->ending == Ending::throws;
        RC_ASSERT(result.has_value() == !fails);
        if (fails)
            RC_ASSERT(result.error().code ==
                      (closure->ending == Ending::refuses ? Code::conflict : Code::internal));
        if (closure->ending == Ending::commits) model = after;
    }
}

void run_round(Store& store, MapTransaction& model, const Round& round) {
    const auto before = all_tables(model);
    std::vector<Outcome> outcomes;
    std::vector<Entries> held_first;
    std::vector<Entries> held_last;
    if (round.under_snapshot) {
        const auto held = store.read([&](const Snapshot& snapshot) -> Result<void> {
            held_first = all_tables(snapshot);
            outcomes = run_at_once(store, round.closures);
            held_last = all_tables(snapshot);
            return {};
        });
        RC_ASSERT(held.has_value());
        RC_ASSERT(held_first == before);
        RC_ASSERT(held_last == before);
    } else {
        outcomes = run_at_once(store, round.closures);
    }
    follow(model, std::move(outcomes));
    RC_ASSERT(all_tables(store) == all_tables(model));
}

// How a counterexample is shown.
std::ostream& operator<<(std::ostream& out, const Action& action) {
    static constexpr std::array kNames{"get", "scan", "count", "put", "erase", "sweep"};
    out << "\n    " << kNames[static_cast<std::size_t>(action.act)] << " table " << action.table
        << " key ";
    rc::show(action.key, out);
    out << " range ";
    rc::show(action.range.from, out);
    out << " to ";
    rc::show(action.range.to, out);
    return out << (action.range.reverse ? " reverse" : "") << ", at most " << action.entries_max
               << " entries; value of " << action.value.size() << " bytes";
}
std::ostream& operator<<(std::ostream& out, const Closure& closure) {
    static constexpr std::array kNames{"reads", "commits", "refuses", "throws"};
    out << "\n  closure that " << kNames[static_cast<std::size_t>(closure.ending)] << ": ";
    rc::show(closure.actions, out);
    return out;
}
std::ostream& operator<<(std::ostream& out, const Round& round) {
    out << (round.under_snapshot ? "\nunder a snapshot: " : "\nat once: ");
    rc::show(round.closures, out);
    return out;
}

// Few letters, so that keys meet; with the least and the greatest byte among them.
rc::Gen<std::string> arbitrary_word() {
    using namespace rc::gen;
    return resize(4, container<std::string>(elementOf(std::string("ab\0\xff", 4))));
}

rc::Gen<Action> arbitrary_action() {
    using namespace rc::gen;
    const auto key = weightedOneOf<std::string>(
        {{20, nonEmpty(arbitrary_word())}, {1, just(std::string(limits::kKeyBytesMax, 'a'))}});
    const auto value = weightedOneOf<std::string>(
        {{10, arbitrary_word()}, {1, map(inRange<std::size_t>(1000, 9000), [](std::size_t bytes) {
                                      return std::string(bytes, 'v');
                                  })}});
    return build<Action>(set(&Action::act, element(Act::get, Act::scan, Act::count, Act::put,
                                                   Act::put, Act::put, Act::erase, Act::sweep)),
                         set(&Action::table, inRange<Table>(0, kCommits)), set(&Action::key, key),
                         set(&Action::value, value),
                         set(&Action::range, build<Range>(set(&Range::from, arbitrary_word()),
                                                          set(&Range::to, arbitrary_word()),
                                                          set(&Range::reverse, arbitrary<bool>()))),
                         set(&Action::entries_max, inRange<std::size_t>(1, 20)));
}

rc::Gen<Round> arbitrary_round() {
    using namespace rc::gen;
    const auto closure = build<Closure>(
        set(&Closure::ending, weightedElement<Ending>({{5, Ending::commits},
                                                       {2, Ending::reads},
                                                       {1, Ending::refuses},
                                                       {1, Ending::throws}})),
        set(&Closure::actions, resize(12, container<std::vector<Action>>(arbitrary_action()))));
    const auto alone = container<std::vector<Closure>>(1, closure);
    const auto at_once = mapcat(inRange<std::size_t>(2, 7), [closure](std::size_t count) {
        return container<std::vector<Closure>>(count, closure);
    });
    return build<Round>(
        set(&Round::closures, weightedOneOf<std::vector<Closure>>({{2, alone}, {1, at_once}})),
        set(&Round::under_snapshot, weightedElement<bool>({{3, false}, {1, true}})));
}

}  // namespace

TEST_CASE("store: any row of changes, alone and at once, shows and leaves what maps would",
          "[store]") {
    const auto rounds_of_case =
        rc::gen::resize(10, rc::gen::container<std::vector<Round>>(arbitrary_round()));
    for (const Engine& engine : engines()) {
        DYNAMIC_SECTION(engine.name) {
            CHECK(rc::check(engine.name + " against std::map", [&] {
                const auto rounds = *rounds_of_case;
                const TempFolder folder;
                auto store = engine.open(folder.path(), kModelTables);
                MapTransaction model;
                for (const Round& round : rounds) run_round(*store, model, round);
                store.reset();
                store = engine.open(folder.path(), kModelTables);
                RC_ASSERT(all_tables(*store) ==
                          all_tables(engine.durable ? model : MapTransaction{}));
            }));
        }
    }
}
