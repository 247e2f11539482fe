// The verdict over a release that bakes.
#include <catch2/catch.hpp>
#include <random>

#include "deploy/bake.hpp"
#include "unit/cli/deploy_recorded_seconds.hpp"

using namespace shop;
using namespace shop::cli::deploy;

namespace {

const GateSettings kSettings;
const Looks kNothing;

// What a service does in one second.
struct Second {
    std::string endpoint = "order_create";
    double requests = 20;
    double errors = 0;
    double ms = 10;
};

// Looks at one service that does this each second.
class Story {
public:
    explicit Story(std::string service = "orderd") : service_(std::move(service)) {
        Look first;
        ServiceLook& look = first.services[service_];
        look.ready = look.measured = true;
        look.pid = 100;
        // What it did before anybody looked counts for nothing.
        look.metrics.endpoints["order_create"] = {1000, 900, 9000};
        looks_.push_back(first);
    }
    Story& second(const std::vector<Second>& what) {
        looks_.push_back(looks_.back());
        looks_.back().at += 1;
        for (const Second& one : what) {
            auto& figures = last().metrics.endpoints[one.endpoint];
            figures.requests += one.requests;
            figures.errors += one.errors;
            figures.seconds += one.requests * one.ms / 1000;
        }
        return *this;
    }
    Story& seconds(int count, const std::vector<Second>& what) {
        for (int i = 0; i < count; ++i) second(what);
        return *this;
    }
    Story& idle(int count) { return seconds(count, {}); }
    Story& purchases(std::int64_t made, std::int64_t failed) {
        auto& purchases = looks_.back().purchases;
        purchases.made += made;
        purchases.failed += failed;
        if (failed > 0) purchases.last_failure = "checkout at orderd: broken";
        return *this;
    }
    // Our writes of each second so far took so long.
    Story& disk(double ms) {
        for (std::size_t i = 1; i < looks_.size(); ++i)
            looks_[i].disk = {4.0 * static_cast<double>(i), 0,
                              4 * ms / 1000 * static_cast<double>(i)};
        return *this;
    }
    ServiceLook& last() { return looks_.back().services.at(service_); }
    const Looks& looks() const { return looks_; }

private:
    std::string service_;
    Looks looks_;
};

// Empty: none.
std::string breach(const Looks& before, const Looks& after,
                   const GateSettings& settings = kSettings) {
    return find_breach(settings, before, after).value_or("");
}
std::string breach(const Story& before, const Story& after) {
    return breach(before.looks(), after.looks());
}
Story usual() { return Story().seconds(5, {{}}); }

}  // namespace

TEST_CASE("deploy bake: a release as good as the former one passes", "[deploy][bake]") {
    CHECK(breach(usual(), Story().seconds(30, {{}})) == "");
    CHECK(breach(usual(), Story()) == "");
    CHECK(breach(kNothing, kNothing) == "");
    CHECK(breach(kNothing, Story().seconds(30, {{}}).looks()) == "");
}

TEST_CASE("deploy bake: checkouts that fail by our fault are told with both figures",
          "[deploy][bake]") {
    Story after;
    after.seconds(8, {{.requests = 20, .errors = 1}});
    CHECK(breach(usual(), after) ==
          "bake: orderd answered 5.0 % of checkouts with 5xx, before it was 0.0 % (of 160)");
    CHECK(breach(kNothing, after.looks()) ==
          "bake: orderd answered 5.0 % of checkouts with 5xx (of 160)");
    CHECK(breach(usual(), Story().seconds(
                              8, {{.endpoint = "course_checkout", .requests = 20, .errors = 1}})) ==
          "bake: orderd answered 5.0 % of checkouts with 5xx, before it was 0.0 % (of 160)");
}

TEST_CASE("deploy bake: few errors, or as many as before, decide nothing", "[deploy][bake]") {
    // One of three; two of nineteen; one of many.
    CHECK(breach(usual(), Story().second({{.requests = 3, .errors = 1}})) == "");
    CHECK(breach(usual(), Story().second({{.requests = 19, .errors = 2}})) == "");
    CHECK(breach(usual(), Story().second({{.requests = 50, .errors = 1}})) == "");
    CHECK(breach(usual(), Story().second({{.requests = 20, .errors = 2}})) != "");
    // The bound is in percentage points above what was.
    const auto worse = Story().seconds(5, {{.requests = 100, .errors = 4}});
    CHECK(breach(worse, Story().seconds(10, {{.requests = 100, .errors = 4}})) == "");
    CHECK(breach(worse, Story().seconds(10, {{.requests = 100, .errors = 5}})) == "");
    CHECK(breach(worse, Story().seconds(10, {{.requests = 100, .errors = 6}})) ==
          "bake: orderd answered 6.0 % of checkouts with 5xx, before it was 4.0 % (of 1000)");
}

TEST_CASE("deploy bake: one endpoint that fails is found among many requests", "[deploy][bake]") {
    const std::vector<Second> good = {{.endpoint = "product_get", .requests = 1000, .ms = 0.2},
                                      {.endpoint = "product_list", .requests = 5, .ms = 1}};
    auto broken = good;
    broken[1].errors = 5;
    const auto before = Story("productd").seconds(5, good);
    CHECK(breach(before, Story("productd").seconds(10, good)) == "");
    CHECK(breach(before, Story("productd").seconds(10, broken)) ==
          "bake: productd answered 100.0 % of product_list with 5xx, before it was 0.0 % (of 50)");
    const auto once = [&](double errors) {
        return breach(
            before,
            Story("productd")
                .second({good[0], {.endpoint = "product_list", .requests = 25, .errors = errors}}));
    };
    CHECK(once(4) == "");
    CHECK_THAT(once(5), Catch::Contains("20.0 % of product_list"));
    broken[0].errors = 30;
    CHECK_THAT(breach(before, Story("productd").seconds(10, broken)),
               Catch::Contains("3.5 % of all requests"));
}

TEST_CASE("deploy bake: requests refused for want of room are errors, health checks are not",
          "[deploy][bake]") {
    auto refusing = Story().seconds(3, {{.requests = 100}});
    refusing.last().metrics.refused += 30;
    CHECK_THAT(breach(usual(), refusing),
               Catch::Contains("9.1 % of all requests") && Catch::Contains("(of 330)"));
    CHECK(breach(usual(), Story().seconds(30, {{.endpoint = "readyz", .errors = 20}})) == "");
}

TEST_CASE("deploy bake: two failed purchases decide, one does not", "[deploy][bake]") {
    CHECK(breach(usual(), usual().purchases(10, 1)) == "");
    CHECK(breach(usual(), usual().purchases(3, 2)) ==
          "bake: 2 of 3 purchases failed; the last one: checkout at orderd: broken");
    CHECK(breach(usual().purchases(10, 0), usual().purchases(20, 2)) ==
          "bake: 2 of 20 purchases failed, before it were 0 of 10; the last one: checkout at "
          "orderd: broken");
    CHECK(breach(usual().purchases(10, 7), usual().purchases(10, 7)) == "");
}

TEST_CASE("deploy bake: twice the time is too long, noise is not", "[deploy][bake]") {
    const auto slow = Story().seconds(30, {{.ms = 20}});
    CHECK(breach(usual(), slow) ==
          "bake: orderd's order_create took 20.0 ms, before it was 10.0 ms");
    CHECK(breach(usual(), Story().seconds(30, {{.ms = 14.9}})) == "");
    CHECK(breach(usual(), Story().seconds(30, {{.requests = 1, .ms = 20}})) != "");
    CHECK(breach(usual(), Story().seconds(19, {{.requests = 1, .ms = 20}}).idle(11)) == "");
    // Before the end it has to be much.
    CHECK(breach(usual(), Story().seconds(20, {{.ms = 20}})) == "");
    CHECK(breach(usual(), Story().seconds(10, {{.ms = 25}})) != "");
    CHECK(breach(usual(), Story().seconds(9, {{.ms = 25}})) == "");
    // Below the floor a factor says nothing.
    const auto quick = Story().seconds(5, {{.ms = 1.0}});
    CHECK(breach(quick, Story().seconds(30, {{.ms = 1.3}})) == "");
    CHECK(breach(quick, Story().seconds(30, {{.ms = 4.9}})) == "");
    CHECK(breach(quick, Story().seconds(30, {{.ms = 5.1}})) != "");
    // A long poll takes as long as it is told to, and nobody waits for a release of pieces.
    for (const char* endpoint : {"events", "reservation_release", "store_check"})
        CHECK(breach(usual(), Story().seconds(30, {{.endpoint = endpoint, .ms = 5000}})) == "");
}

TEST_CASE("deploy bake: an endpoint that nobody asked before may take a second", "[deploy][bake]") {
    CHECK(breach(kNothing, Story().seconds(30, {{.ms = 900}}).looks()) == "");
    CHECK(breach(kNothing, Story().seconds(30, {{.ms = 1100}}).looks()) ==
          "bake: orderd's order_create took 1100.0 ms");
    CHECK(breach(usual(), Story().seconds(30, {{}, {.endpoint = "order_list", .ms = 40}})) == "");
}

TEST_CASE("deploy bake: a stall of a disk decides nothing, wherever it comes", "[deploy][bake]") {
    for (int at = 0; at < 12; ++at) {
        Story after;
        for (int i = 0; i < 12; ++i) after.second({{.ms = i == at || i == at + 1 ? 900.0 : 10.0}});
        CHECK(breach(usual(), after) == "");
        CHECK(breach(usual(), after.idle(18)) == "");
        const auto stalled_before = Story().seconds(2, {{}}).second({{.ms = 900}}).seconds(2, {{}});
        CHECK(breach(stalled_before, Story().seconds(12, {{.ms = 20}}).idle(18)) != "");
    }
}

TEST_CASE("deploy bake: what writes is held against the disk, and what reads is not",
          "[deploy][bake]") {
    auto before = usual().disk(3), slow = Story().seconds(30, {{.ms = 29}});
    CHECK(breach(before, slow) != "");
    CHECK(breach(before, slow.disk(3)) != "");
    CHECK(breach(before, slow.disk(6)) == "");
    CHECK(breach(before, slow.disk(1)) != "");
    CHECK(breach(usual(), slow.disk(6)) != "");  // slower than what?
    // One that got quicker accuses, but not of what takes no longer than before.
    CHECK(breach(before, Story().seconds(30, {{.ms = 14}}).disk(1)) != "");
    CHECK(breach(before, Story().seconds(30, {{.ms = 10}}).disk(1)) == "");
    // One that is so quick that nothing waits for it does neither.
    auto quick = usual().disk(0.01);
    CHECK(breach(quick, Story().seconds(30, {{.ms = 20}}).disk(0.2)) != "");
    CHECK(breach(quick, Story().seconds(30, {{.ms = 14}}).disk(0.01)) == "");
    // A disk that took ten times as long is not the whole of it.
    CHECK(breach(before, Story().seconds(30, {{.ms = 80}}).disk(30)) != "");
    const Second list{.endpoint = "order_list"};
    auto reads = Story().seconds(5, {list}).disk(3);
    CHECK(breach(reads, Story().seconds(30, {{.endpoint = "order_list", .ms = 29}}).disk(6)) != "");
}

TEST_CASE("deploy bake: a service with more to do may take longer in proportion",
          "[deploy][bake]") {
    const auto busy = Story().seconds(30, {{.requests = 60, .ms = 40}});
    CHECK(breach(usual(), busy) == "");
    CHECK(breach(usual(), Story().seconds(30, {{.requests = 60, .ms = 50}})) != "");
    // A few more are noise.
    CHECK(breach(usual(), Story().seconds(30, {{.requests = 24, .ms = 16}})) != "");
    // Less to do is no reason to be quicker.
    CHECK(breach(usual(), Story().seconds(30, {{.requests = 5, .ms = 14}})) == "");
}

TEST_CASE("deploy bake: noise of a shop as it is never is a breach, twice the time always",
          "[deploy][bake]") {
    std::mt19937 random(20261128);
    for (int round = 0; round < 300; ++round) {
        std::uniform_real_distribution<double> level(0.1, 30), noise(0.8, 1.25), rate(2, 200);
        const double ms = level(random), requests = rate(random);
        const auto story = [&](int count, double factor) {
            Story out;
            for (int i = 0; i < count; ++i)
                out.second(
                    {{.requests = requests * noise(random), .ms = ms * factor * noise(random)}});
            return out;
        };
        INFO(round << ": " << ms << " ms, " << requests << " requests a second");
        const auto before = story(5, 1);
        CHECK(breach(before, story(30, 1)) == "");
        if (ms > 4) CHECK(breach(before, story(30, 2.4)) != "");
    }
}

TEST_CASE("deploy bake: a process that ends, changes or begins anew is a breach at once",
          "[deploy][bake]") {
    auto dead = usual();
    dead.last().running = false;
    dead.last().reason = "oom-kill";
    dead.last().last_words = "no more";
    CHECK(breach(usual(), dead) ==
          "bake: orderd does not run any more (oom-kill). Its last words: no more");
    auto restarted = usual();
    restarted.last().restarts = 1;
    CHECK(breach(usual(), restarted) == "bake: orderd ended and was started again");
    auto other = usual();
    other.last().pid = 101;
    CHECK_THAT(breach(usual(), other), Catch::Contains("replaced by another process"));
    auto anew = usual();
    anew.last().metrics.endpoints["order_create"] = {5, 0, 0.1};
    CHECK_THAT(breach(usual(), anew), Catch::Contains("counters begin anew"));
    // Restarts from before the bake are history, and a driver may know no process.
    Story old;
    const_cast<Look&>(old.looks().front()).services.at("orderd").restarts = 3;
    const_cast<Look&>(old.looks().front()).services.at("orderd").pid = 0;
    CHECK(breach(usual(), old.seconds(5, {{}})) == "");
}

TEST_CASE("deploy bake: not ready once is a hiccup, twice is a breach", "[deploy][bake]") {
    Story after = usual();
    after.last().ready = false;
    after.last().not_ready = "orderd has no store: broken";
    CHECK(breach(usual(), after) == "");
    after.second({{}});
    CHECK(breach(usual(), after) == "bake: orderd is not ready: orderd has no store: broken");
    after.last().ready = true;
    CHECK(breach(usual(), after) == "");
}

TEST_CASE("deploy bake: a look without metrics is passed over", "[deploy][bake]") {
    Story after = usual();
    after.second({{}});
    after.last().measured = false;
    after.last().metrics = {};
    CHECK(breach(usual(), after) == "");
    auto errors = usual();
    errors.last().measured = false;
    CHECK(breach(errors, usual()) == "");
}

TEST_CASE("deploy bake: our own requests count as well", "[deploy][bake]") {
    const auto asked = [](int count, double errors, double ms) {
        Story story("productd");
        for (int i = 0; i < count; ++i) {
            story.second({});
            auto& probe = story.last().probes["GET /v1/products"];
            probe.requests += 5;
            probe.errors += errors;
            probe.seconds += 5 * ms / 1000;
        }
        return story;
    };
    CHECK(breach(asked(5, 0, 3), asked(12, 0, 3.5)) == "");
    CHECK(breach(asked(5, 0, 3), asked(12, 1, 3)) ==
          "bake: productd answered 20.0 % of our GET /v1/products with 5xx, before it was 0.0 % "
          "(of 60)");
    CHECK(breach(asked(5, 0, 3), asked(30, 0, 9)) ==
          "bake: productd's answer to our GET /v1/products took 9.0 ms, before it was 3.0 ms");
}

TEST_CASE("deploy bake: the settings' bounds hold", "[deploy][bake]") {
    GateSettings loose;
    loose.checkout_failure_percent_max = loose.error_percent_max = 10;
    loose.latency_factor_max = 5;
    const auto after = Story().seconds(20, {{.requests = 100, .errors = 6, .ms = 40}});
    CHECK(breach(usual().looks(), after.looks(), loose) == "");
    loose.latency_factor_max = 1.5;
    loose.latency_floor_ms = 50;
    CHECK(breach(usual().looks(), after.looks(), loose) == "");
    GateSettings brief;
    brief.bake_seconds = 3;
    CHECK(breach(usual().looks(), Story().seconds(3, {{.ms = 20}}).looks(), brief) != "");
}

TEST_CASE("deploy bake: a machine that got busy is no fault of the release, a slow service is",
          "[deploy][bake]") {
    // Both services, each second: their own work, and our GET /livez as we saw it.
    const auto looks = [](int seconds, double work_ms, double orderd_ms, double userd_ms) {
        Looks out(1);
        for (const char* name : {"orderd", "userd"}) {
            auto& service = out[0].services[name];
            service.ready = service.measured = true;
        }
        for (int i = 0; i < seconds; ++i) {
            out.push_back(out.back());
            out.back().at += 1;
            const auto add = [](EndpointFigures& figures, double ms) {
                figures.requests += 20;
                figures.seconds += 20 * ms / 1000;
            };
            auto& orderd = out.back().services.at("orderd");
            add(orderd.metrics.endpoints["order_list"], work_ms);
            add(orderd.probes["GET /livez"], orderd_ms);
            add(out.back().services.at("userd").probes["GET /livez"], userd_ms);
        }
        return out;
    };
    const Looks before = looks(5, 10, 0.5, 0.5);
    CHECK(breach(before, looks(30, 20, 1.0, 1.1)) == "");
    CHECK(breach(before, looks(30, 20, 1.0, 0.5)) ==
          "bake: orderd's order_list took 20.0 ms, before it was 10.0 ms");
    // A release that keeps all cores busy slows every /livez, and is not excused by that.
    CHECK(breach(before, looks(30, 23, 5.0, 4.0)) != "");
}

// A bake of this machine with a release that takes so many times as long: whether it passes.
bool passes_recorded(const std::vector<test::RecordedSecond>& machine, std::size_t baseline_at,
                     std::size_t bake_at, double factor) {
    const auto story = [&](std::size_t from, std::int64_t count, double times) {
        Looks out = Story().looks();
        for (std::int64_t i = 0; i < count; ++i) {
            const auto& second = machine[from + static_cast<std::size_t>(i)];
            out.push_back(out.back());
            out.back().at += 1;
            auto& checkouts = out.back().services.at("orderd").metrics.endpoints["order_create"];
            checkouts.requests += 5;
            checkouts.seconds += 5 * times * second.checkout_ms / 1000;
            out.back().disk.requests += 20;
            out.back().disk.seconds += 20 * second.disk_ms / 1000;
        }
        return out;
    };
    const Looks before = story(baseline_at, kSettings.baseline_seconds, 1);
    const Looks after = story(bake_at, kSettings.bake_seconds, factor);
    for (std::size_t looked = 2; looked <= after.size(); ++looked)
        if (find_breach(kSettings, before,
                        Looks(after.begin(), after.begin() + static_cast<long>(looked))))
            return false;
    return true;
}

TEST_CASE(
    "deploy bake: of recorded seconds of a busy machine a good release passes, and one that "
    "takes twice the time does not",
    "[deploy][bake]") {
    std::mt19937 random(7);
    constexpr int kDraws = 200;
    int false_alarms = 0;
    int misses = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
        const auto& machine = draw % 2 ? test::kQuietThenBusy : test::kBusyThenUneven;
        const auto needed =
            static_cast<std::size_t>(kSettings.baseline_seconds + kSettings.bake_seconds);
        const std::size_t gap = 5 + random() % 20;  // the switch
        const std::size_t at = random() % (machine.size() - needed - gap);
        const auto bake_at = at + static_cast<std::size_t>(kSettings.baseline_seconds) + gap;
        false_alarms += passes_recorded(machine, at, bake_at, 1) ? 0 : 1;
        misses += passes_recorded(machine, at, bake_at, 2) ? 1 : 0;
    }
    CAPTURE(false_alarms, misses);
    CHECK(false_alarms <= kDraws / 50);
    CHECK(misses <= kDraws / 20);
}
