// What a deployment would change, and whether a kept plan still fits.
#include "deploy/plan.hpp"
#include "deploy_engine_rig.hpp"
#include "schema/codec.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using test::release_of;
using PlanLines = std::vector<std::string>;

namespace {

const auto kRunning = release_of("1.0", "1.0", "1.0");
const auto kNext = release_of("1.0", "1.1", "1.0");

}  // namespace

TEST_CASE("deploy plan: only services that differ change, in the order of the switch",
          "[deploy][plan]") {
    const auto plan = make_plan(kRunning, kNext, {}, {});
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].service == "productd");
    CHECK_THAT(plan.changes[0].why, Catch::VectorContains(std::string("version 1.0 -> 1.1")));
    CHECK(plan.from == kRunning.id);
    CHECK(plan.to == kNext.id);
    CHECK(make_plan(kRunning, kRunning, {}, {}).changes.empty());
}

TEST_CASE("deploy plan: on an empty host every service is new", "[deploy][plan]") {
    const auto plan = make_plan(std::nullopt, kNext, {}, {});
    CHECK(plan.from.empty());
    REQUIRE(plan.changes.size() == 3);
    CHECK(plan.changes[0].service == "userd");
    CHECK(plan.changes[2].why == PlanLines{"is new"});
}

TEST_CASE("deploy plan: drift is a change of its own", "[deploy][plan]") {
    const auto plan = make_plan(kRunning, kRunning, {{"orderd", {"the unit was changed"}}}, {});
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].service == "orderd");
    CHECK(plan.changes[0].why == PlanLines{"drift: the unit was changed"});
}

TEST_CASE("deploy plan: a service that is gone is said and left alone", "[deploy][plan]") {
    auto next = kRunning;
    next.parts.pop_back();
    const auto plan = make_plan(kRunning, next, {}, {});
    CHECK(plan.changes.empty());
    REQUIRE(plan.warnings.size() == 1);
    CHECK_THAT(plan.warnings[0], Catch::StartsWith("orderd "));
}

TEST_CASE("deploy plan: findings are warnings or refusals", "[deploy][plan]") {
    const auto plan = make_plan(kRunning, kNext, {},
                                {{"disk", "", true, "is full. Free some."},
                                 {"settings", "productd", false, "has an unknown key."}});
    CHECK(plan.refusals == PlanLines{"disk: is full. Free some."});
    CHECK(plan.warnings == PlanLines{"productd: settings: has an unknown key."});
}

TEST_CASE("deploy plan: it is applied only in the world that it was made in", "[deploy][plan]") {
    const std::vector<Change> drift = {{"orderd", {"the unit was changed"}}};
    const auto plan = make_plan(kRunning, kNext, drift, {});
    CHECK(check_world(plan, kRunning.id, drift));
    const auto released = check_world(plan, kNext.id, drift);
    REQUIRE_FALSE(released);
    CHECK(released.error().code == Code::conflict);
    CHECK_THAT(released.error().message, Catch::Contains(kNext.id) && Catch::Contains(kRunning.id));
    CHECK_FALSE(check_world(plan, kRunning.id, {}));
    const auto changed = check_world(plan, kRunning.id, {{"userd", {"settings were changed"}}});
    REQUIRE_FALSE(changed);
    CHECK_THAT(changed.error().message, Catch::Contains("userd: settings were changed"));
}

TEST_CASE("deploy plan: a kept plan is read as it was written", "[deploy][plan]") {
    const auto plan = make_plan(kRunning, kNext, {{"orderd", {"the unit was changed"}}},
                                {{"clock", "", false, "is not synchronised."}});
    const auto read = schema::decode_text<Plan>(schema::encode_text(plan), schema::Mode::stored);
    REQUIRE(read);
    CHECK(read->world == plan.world);
    CHECK(read->changes.size() == 2);
    CHECK(read->warnings == plan.warnings);
    CHECK(check_world(*read, kRunning.id, {{"orderd", {"the unit was changed"}}}));
}
