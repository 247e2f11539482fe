// The engine on a host in memory: what is touched, in which order, and what the verdict is.
#include "base/file.hpp"
#include "deploy_engine_rig.hpp"

using namespace shop;
namespace deploy = shop::cli::deploy;
using test::DeployRig;
using test::release_of;
using test::verdict_of;
using Words = std::vector<std::string>;

namespace {

const auto kOld = release_of("1.0", "1.0", "1.0");
const auto kNew = release_of("1.0", "1.1", "1.1");

// With the old release on it.
void install(DeployRig& rig) {
    const auto outcome = rig.apply(kOld);
    REQUIRE(outcome);
    REQUIRE(outcome->verdict == "good");
    REQUIRE(rig.runs(kOld));
    rig.host.did.clear();
    rig.said.clear();
}

}  // namespace

TEST_CASE("deploy engine: a release goes service by service through its gates to its bake",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    const auto outcome = rig.apply(kNew);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "good");
    CHECK(outcome->release == kNew.id);
    CHECK(rig.runs(kNew));
    // userd is the same in both: nobody touches it.
    CHECK(rig.host.did == Words{"stage productd 1.1", "stage orderd 1.1", "measure",
                                "switch productd 1.1", "pass productd 1.1", "switch orderd 1.1",
                                "pass orderd 1.1", "bake"});
    CHECK(rig.current() == kNew.id);
    CHECK_FALSE(rig.unfinished());
    const auto record = rig.records().back();
    CHECK(record.from == kOld.id);
    CHECK(record.to == kNew.id);
    CHECK(record.who == "ann@box");
    CHECK(record.why == "a test");
    CHECK_THAT(rig.said, Catch::Contains("orderd: switching 1.0 -> 1.1"));
}

TEST_CASE("deploy engine: where nothing differs nothing is done", "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    const auto outcome = rig.apply(kOld);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "good");
    CHECK(rig.host.did.empty());
    CHECK(rig.records().size() == 1);
}

TEST_CASE("deploy engine: what was changed by hand is switched, and nothing else",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.changed_by_hand["productd"] = {"settings were changed"};
    const auto outcome = rig.apply(kOld);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "good");
    CHECK(rig.host.did == Words{"stage productd 1.0", "measure", "switch productd 1.0",
                                "pass productd 1.0", "bake"});
    CHECK(rig.host.changed_by_hand["productd"].empty());
    CHECK_THAT(rig.records().back().changes,
               Catch::VectorContains(std::string("productd: drift: settings were changed")));
}

TEST_CASE("deploy engine: on a first deployment the gates come after the last switch",
          "[deploy][engine]") {
    DeployRig rig;
    const auto outcome = rig.apply(kOld);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "good");
    CHECK(rig.host.did == Words{"stage userd 1.0", "stage productd 1.0", "stage orderd 1.0",
                                "switch userd 1.0", "switch productd 1.0", "switch orderd 1.0",
                                "pass userd 1.0", "pass productd 1.0", "pass orderd 1.0", "bake"});
}

TEST_CASE("deploy engine: a first deployment that is bad has nothing to go back to",
          "[deploy][engine]") {
    DeployRig rig;
    rig.host.bad_gates = {"orderd 1.0"};
    const auto outcome = rig.apply(kOld);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "failed");
    CHECK_THAT(outcome->reason,
               Catch::Contains("orderd 1.0 is not") && Catch::Contains("nothing to go back to"));
    CHECK(rig.current().empty());
    CHECK_FALSE(rig.unfinished());
    // Mended, the same release goes on the host as a first one.
    rig.host.bad_gates.clear();
    CHECK(verdict_of(rig.apply(kOld)) == "good");
    CHECK(rig.current() == kOld.id);
}

TEST_CASE("deploy engine: a gate that says no brings all of the old release back, last one first",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.bad_gates = {"orderd 1.1"};
    const auto outcome = rig.apply(kNew);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "rolled_back");
    CHECK(outcome->reason == "ready: orderd 1.1 is not");
    CHECK(outcome->release == kOld.id);
    CHECK(rig.runs(kOld));
    CHECK(rig.current() == kOld.id);
    CHECK_FALSE(rig.unfinished());
    const Words back(rig.host.did.end() - 6, rig.host.did.end());
    CHECK(back == Words{"stage orderd 1.0", "switch orderd 1.0", "stage productd 1.0",
                        "switch productd 1.0", "pass orderd 1.0", "pass productd 1.0"});
}

TEST_CASE("deploy engine: a service that does not start brings the old release back",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.bad_starts = {"productd 1.1"};
    const auto outcome = rig.apply(kNew);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "rolled_back");
    CHECK(rig.runs(kOld));
    CHECK_THAT(rig.host.did, !Catch::VectorContains(std::string("switch orderd 1.1")));
}

TEST_CASE("deploy engine: a breach in the bake brings the old release back", "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.bad_bake = true;
    const auto outcome = rig.apply(kNew);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "rolled_back");
    CHECK(outcome->reason == "errors: 5 % of answers");
    CHECK(rig.runs(kOld));
    CHECK(rig.records().size() == 2);
}

TEST_CASE("deploy engine: where the way back fails too, it says what to do by hand",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.bad_gates = {"orderd 1.1"};
    rig.host.bad_starts = {"orderd 1.0"};
    const auto outcome = rig.apply(kNew);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "failed");
    CHECK(outcome->release.empty());
    CHECK_THAT(outcome->reason, Catch::Contains("ready: orderd 1.1 is not") &&
                                    Catch::Contains("orderd 1.0 does not start") &&
                                    Catch::Contains("rollback --to " + kOld.id));
    // The other service went back all the same.
    CHECK(rig.host.runs["productd"] == fingerprint(*kOld.find("productd")));
    CHECK_FALSE(rig.unfinished());
    // And what it says works.
    rig.host.bad_starts.clear();
    const auto mended = rig.rollback(kOld.id);
    REQUIRE(mended);
    CHECK(mended->verdict == "good");
    CHECK(rig.runs(kOld));
}

TEST_CASE("deploy engine: a release that mends a shop which does not sell gets a chance",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.runs["orderd"] = "";  // it died
    const auto outcome = rig.apply(kNew);
    REQUIRE(outcome);
    CHECK(outcome->verdict == "good");
    CHECK(rig.runs(kNew));
    CHECK_THAT(rig.said, Catch::Contains("cannot be measured"));
}

TEST_CASE("deploy engine: a hook may forbid the switch, and then nothing was changed",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.manifest.hooks = {{"before_switch", {"sh", "-c", "echo not on a Friday >&2; exit 3"}}};
    const auto outcome = rig.apply(kNew);
    REQUIRE_FALSE(outcome);
    CHECK_THAT(outcome.error().message,
               Catch::Contains("not on a Friday") && Catch::Contains("Nothing was changed"));
    CHECK(rig.runs(kOld));
    CHECK_FALSE(rig.unfinished());
    CHECK(rig.records().back().verdict == "refused");
    CHECK(rig.current() == kOld.id);
}

TEST_CASE("deploy engine: hooks hear of each line of the journal once it is on disk",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.host.bad_gates = {"orderd 1.1"};
    const std::string heard = rig.file("heard").string();
    for (const char* phase :
         {"begun", "preflight", "backup", "staged", "switching", "switched", "passed", "going_back",
          "switching_back", "switched_back", "gone_back", "failed"})
        rig.manifest.hooks.push_back(
            {phase,
             {"sh", "-c", "echo \"$1 $(tail -n 1 \"$2\" | grep -c \"\\\"$1\\\"\")\" >> \"$3\"",
              "sh", phase, rig.file("journal").string(), heard}});
    REQUIRE(verdict_of(rig.apply(kNew)) == "rolled_back");
    CHECK(read_file(heard).value_or("") ==
          "begun 1\npreflight 1\nbackup 1\nstaged 1\nswitching 1\nswitched 1\npassed 1\n"
          "switching 1\nswitched 1\ngoing_back 1\nswitching_back 1\nswitched_back 1\n"
          "switching_back 1\nswitched_back 1\ngone_back 1\nfailed 0\n");
}

TEST_CASE("deploy engine: the pre-flight refuses before anything is touched", "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.facts.free_disk_bytes = 0;
    const auto outcome = rig.apply(kNew);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::failed_precondition);
    CHECK_THAT(outcome.error().message, Catch::Contains("disk"));
    CHECK(rig.host.did.empty());
    CHECK_FALSE(rig.unfinished());
}

TEST_CASE("deploy engine: a backup is taken where the newest is too old", "[deploy][engine]") {
    DeployRig rig;
    SECTION("there is none, but no shop runs yet either") {
        rig.facts.backup_age_hours = -1;
        REQUIRE(rig.apply(kOld));
        CHECK_THAT(rig.host.did, !Catch::VectorContains(std::string("backup")));
    }
    SECTION("there is none, and a shop runs that nobody deployed") {
        rig.facts.backup_age_hours = -1;
        rig.host.runs["userd"] = "by hand";
        REQUIRE(rig.apply(kOld));
        CHECK(rig.host.did.front() == "backup");
    }
    SECTION("it is of yesterday morning") {
        install(rig);
        rig.facts.backup_age_hours = 30;
        REQUIRE(rig.apply(kNew));
        CHECK(rig.host.did.front() == "backup");
    }
    SECTION("none can be taken") {
        install(rig);
        rig.facts.backup_age_hours = 30;
        rig.can_back_up = false;
        const auto outcome = rig.apply(kNew);
        REQUIRE_FALSE(outcome);
        CHECK_THAT(outcome.error().message, Catch::Contains("nobody is signed in"));
        CHECK(rig.runs(kOld));
        CHECK_FALSE(rig.unfinished());
    }
    SECTION("none is wanted") {
        install(rig);
        rig.facts.backup_age_hours = 30;
        rig.manifest.backup_hours_max = 0;
        REQUIRE(rig.apply(kNew));
        CHECK_THAT(rig.host.did, !Catch::VectorContains(std::string("backup")));
    }
}

TEST_CASE("deploy engine: rollback goes to the last good release, settings and all",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    REQUIRE(rig.rollback().error().code == Code::failed_precondition);
    REQUIRE(verdict_of(rig.apply(kNew)) == "good");
    rig.facts.backup_age_hours = 99;
    const auto outcome = rig.rollback();
    REQUIRE(outcome);
    CHECK(outcome->verdict == "good");
    CHECK(outcome->release == kOld.id);
    CHECK(rig.runs(kOld));
    CHECK(rig.current() == kOld.id);
    CHECK(rig.records().back().kind == "rollback");
    CHECK_THAT(rig.host.did, !Catch::VectorContains(std::string("backup")));
}

TEST_CASE("deploy engine: rollback is refused where the old program cannot read the store",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    auto next = kNew;
    auto& orderd = next.parts.back().description;
    orderd.store_format = 2;
    orderd.store_reads_from = 1;
    next.id = id_of(next);
    // However it came there.
    rig.keep(next);
    deploy::Record record;
    record.kind = "apply";
    record.deployment = "dep_1";
    record.from = kOld.id;
    record.to = next.id;
    record.verdict = "good";
    REQUIRE(rig.history.append(record));
    const auto outcome = rig.rollback();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::failed_precondition);
    CHECK_THAT(outcome.error().message, Catch::Contains("backup"));
    CHECK(rig.host.did.empty());
}

TEST_CASE("deploy engine: rollback --to takes a release that was good here, and no other",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.keep(kNew);
    CHECK(rig.rollback(kNew.id).error().code == Code::failed_precondition);
    rig.host.changed_by_hand["userd"] = {"the unit was changed"};
    CHECK(verdict_of(rig.rollback(kOld.id)) == "good");
    CHECK(rig.host.changed_by_hand["userd"].empty());
}

TEST_CASE("deploy engine: a lost lock ends it at once, and nothing goes back", "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    rig.refuse_append_at = rig.appends + 6;  // begun, preflight, backup, staged, switching
    const auto outcome = rig.apply(kNew);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::conflict);
    CHECK_THAT(outcome.error().message, Catch::Contains("deploy resume"));
    CHECK(rig.unfinished());
    CHECK(rig.host.did.back() == "switch productd 1.1");
    CHECK(verdict_of(rig.resume()) == "good");
    CHECK(rig.runs(kNew));
}

TEST_CASE("deploy engine: Ctrl-C before the switch ends it; later it stops between two steps",
          "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    SECTION("before") {
        rig.stop_after = 2;
        const auto outcome = rig.apply(kNew);
        REQUIRE_FALSE(outcome);
        CHECK_THAT(outcome.error().message, Catch::Contains("Nothing was changed"));
        CHECK_FALSE(rig.unfinished());
        CHECK(rig.records().back().verdict == "aborted");
        CHECK(rig.runs(kOld));
    }
    SECTION("later") {
        rig.stop_after = 5;  // pre-flight, backup, staging, productd, orderd
        const auto outcome = rig.apply(kNew);
        REQUIRE_FALSE(outcome);
        CHECK_THAT(outcome.error().message, Catch::Contains("deploy abort"));
        CHECK(rig.unfinished());
        CHECK(rig.host.did.back() == "pass productd 1.1");
        CHECK(verdict_of(rig.abort()) == "aborted");
        CHECK(rig.runs(kOld));
    }
}

TEST_CASE("deploy engine: resume and abort need something unfinished", "[deploy][engine]") {
    DeployRig rig;
    install(rig);
    CHECK(rig.resume().error().code == Code::failed_precondition);
    CHECK(rig.abort().error().code == Code::failed_precondition);
}
