// The deployer dies at each point between two of its effects; another goes on, or goes back. After
// that the host runs exactly one release, and the history says which.
#include <random>

#include "base/file.hpp"

#include "deploy_engine_rig.hpp"

using namespace shop;
namespace deploy = shop::cli::deploy;
using test::DeployRig;
using test::release_of;
using test::verdict_of;

namespace {

const auto kBefore = release_of("1.0", "1.0", "1.0");
const auto kAfter = release_of("1.1", "1.0", "1.1");
const auto kOther = release_of("1.1", "1.2", "1.0");
constexpr int kPointsMax = 200;  // a deployment has some fifty

// The model: what the history calls the current release is what runs, all of it; each deployment
// has one verdict.
void check_consistent(DeployRig& rig, const std::vector<deploy::Release>& known) {
    CHECK_FALSE(rig.unfinished());
    const std::string current = rig.current();
    for (const auto& release : known) CHECK(rig.runs(release) == (release.id == current));
    std::set<std::string> seen;
    for (const auto& record : rig.records()) CHECK(seen.insert(record.deployment).second);
}

// A way back failed, and nothing has mended the host since: that is for a person.
bool left_between(const DeployRig& rig) {
    bool between = false;
    for (const auto& record : rig.records()) {
        if (record.verdict == "failed") between = true;
        if (record.verdict == "good") between = false;
    }
    return between;
}

}  // namespace

TEST_CASE("deploy engine: killed at any point, resume ends in the new release or the old one",
          "[deploy][engine][crash]") {
    const bool bad = GENERATE(false, true);  // the release
    bool died = true;
    int at = 1;
    for (; died && at < kPointsMax; ++at) {
        DeployRig rig;
        REQUIRE(verdict_of(rig.apply(kBefore)) == "good");
        rig.host.bad_bake = bad;
        died = rig.dies(at, [&] { (void)rig.apply(kAfter); });
        INFO("point " << at << (bad ? ", a bad release" : ""));
        if (rig.unfinished()) {
            const auto outcome = rig.resume();
            REQUIRE(outcome);
            CHECK(outcome->verdict == (bad ? "rolled_back" : "good"));
        }
        check_consistent(rig, {kBefore, kAfter});
        // Killed before it began, or after its verdict, it is over as well.
        if (!died) CHECK(rig.current() == (bad ? kBefore.id : kAfter.id));
    }
    CHECK(at > 25);
    CHECK_FALSE(died);
}

TEST_CASE("deploy engine: killed at any point, abort ends in the old release",
          "[deploy][engine][crash]") {
    bool died = true;
    int at = 1;
    for (; died && at < kPointsMax; ++at) {
        DeployRig rig;
        REQUIRE(verdict_of(rig.apply(kBefore)) == "good");
        died = rig.dies(at, [&] { (void)rig.apply(kAfter); });
        INFO("point " << at);
        if (rig.unfinished()) {
            const auto outcome = rig.abort();
            REQUIRE(outcome);
            // One that was recorded as good before the deployer died stays so.
            CHECK(outcome->verdict == (rig.runs(kAfter) ? "good" : "aborted"));
        }
        check_consistent(rig, {kBefore, kAfter});
    }
    CHECK(at > 25);
}

TEST_CASE("deploy engine: killed after its verdict was recorded, a deployment keeps it",
          "[deploy][engine][crash]") {
    bool died = true;
    int seen = 0;
    for (int at = 1; died && at < kPointsMax; ++at) {
        DeployRig rig;
        REQUIRE(verdict_of(rig.apply(kBefore)) == "good");
        died = rig.dies(at, [&] { (void)rig.apply(kAfter); });
        if (!rig.unfinished() || rig.records().back().to != kAfter.id) continue;
        ++seen;
        rig.host.bad_bake = true;  // nobody asks again
        INFO("point " << at);
        CHECK(verdict_of(seen % 2 ? rig.resume() : rig.abort()) == "good");
        CHECK(rig.runs(kAfter));
        check_consistent(rig, {kBefore, kAfter});
    }
    CHECK(seen >= 2);
}

TEST_CASE("deploy engine: killed at any byte of the journal's last line, the verdict stays",
          "[deploy][engine][crash]") {
    const bool bad = GENERATE(false, true);  // the last line is gone_back, or done
    const std::string verdict = bad ? "rolled_back" : "good";
    std::size_t length = 1;
    for (std::size_t written = 0; written <= length; written += 1 + length / 12) {
        DeployRig rig;
        REQUIRE(verdict_of(rig.apply(kBefore)) == "good");
        rig.host.bad_bake = bad;
        REQUIRE(verdict_of(rig.apply(kAfter)) == verdict);
        const std::string whole = read_file(rig.file("journal")).value();
        const auto begin = whole.rfind('\n', whole.size() - 2) + 1;
        length = whole.size() - begin;
        CHECK(whole.find(bad ? "gone_back" : "\"done\"", begin) != std::string::npos);
        const auto kept = begin + std::min(written, length);
        REQUIRE(write_file(rig.file("journal"), whole.substr(0, kept), 0644));
        INFO("of " << length << " bytes " << written);
        rig.host.bad_bake = !bad;  // nobody asks again
        const auto records = rig.records().size();
        const auto outcome = written % 2 ? rig.resume() : rig.abort();
        // Without its line feed alone it may count as whole.
        if (outcome) CHECK(outcome->verdict == verdict);
        CHECK((outcome.has_value() || written + 1 >= length));
        CHECK(rig.records().size() == records);
        CHECK(rig.current() == (bad ? kBefore.id : kAfter.id));
        check_consistent(rig, {kBefore, kAfter});
    }
}

TEST_CASE("deploy engine: the same apply again after a death goes on, another one is refused",
          "[deploy][engine][crash]") {
    DeployRig rig;
    REQUIRE(verdict_of(rig.apply(kBefore)) == "good");
    // In the middle of the first switch.
    int at = 1;
    while (at < kPointsMax) {
        rig.dies(at++, [&] { (void)rig.apply(kAfter); });
        if (rig.host.runs["userd"].empty()) break;
        if (rig.unfinished()) REQUIRE(rig.abort());
    }
    REQUIRE(rig.unfinished());
    const auto other = rig.apply(kOther);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == Code::conflict);
    CHECK_THAT(other.error().message,
               Catch::Contains("deploy resume") && Catch::Contains("deploy abort"));
    CHECK(rig.rollback().error().code == Code::conflict);
    CHECK(verdict_of(rig.apply(kAfter)) == "good");
    check_consistent(rig, {kBefore, kAfter, kOther});
}

TEST_CASE(
    "deploy engine: after any mixture of deaths, resumes, aborts and bad releases one "
    "release runs",
    "[deploy][engine][crash]") {
    constexpr int kHistories = 12;
    constexpr int kCommands = 12;
    for (unsigned seed = 1; seed <= kHistories; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
        DeployRig rig;
        const std::vector<deploy::Release> releases = {kBefore, kAfter, kOther};
        REQUIRE(verdict_of(rig.apply(kBefore)) == "good");
        for (int i = 0; i < kCommands; ++i) {
            rig.host.bad_bake = below(4) == 0;
            rig.host.bad_gates.clear();
            if (below(4) == 0) rig.host.bad_gates = {"orderd 1.1"};
            const auto command = [&] {
                const auto& release = releases[static_cast<std::size_t>(below(3))];
                const int what = below(5);
                // Refusals are as good as any other end.
                if (what < 2) (void)rig.apply(release);
                if (what == 2) (void)rig.resume();
                if (what == 3) (void)rig.abort();
                if (what == 4) (void)rig.rollback();
            };
            rig.dies(below(2) ? 1 + below(60) : 0, command);
            INFO("seed " << seed << ", command " << i << "\n" << rig.said);
            if (!rig.unfinished() && !left_between(rig)) check_consistent(rig, releases);
        }
        rig.host.bad_bake = false;
        rig.host.bad_gates.clear();
        if (rig.unfinished()) REQUIRE(rig.resume());
        INFO("seed " << seed);
        if (left_between(rig)) REQUIRE(verdict_of(rig.rollback(rig.current())) == "good");
        check_consistent(rig, releases);
    }
}
