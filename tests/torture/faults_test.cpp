// The disk refuses: a sync or a write of the store's file fails with EIO.
#include <algorithm>

#include "torture/harness.hpp"

using namespace shop;
using namespace shop::torture;

namespace {

struct Fault {
    const char* variable;
    int call;
};

// The log's events from the failed call on.
std::vector<Event> after_fault(const Log& log) {
    const auto& events = log.events();
    const auto failed = std::find_if(events.begin(), events.end(), [](const Event& event) {
        return event.mark.kind == Kind::failed;
    });
    return {failed, events.end()};
}

bool holds(const std::vector<Event>& events, Kind kind) {
    return std::any_of(events.begin(), events.end(),
                       [&](const Event& event) { return event.mark.kind == kind; });
}

void check_end(const Outcome& outcome, bool opened) {
    INFO(outcome.err);
    CHECK_THAT(outcome.err, Catch::Contains("Input/output error"));
    CHECK(outcome.exit_code == (opened ? 74 : 1));
    if (opened) CHECK_THAT(outcome.err, Catch::StartsWith("store: a commit failed"));
}

// Fails one call while the lanes work, then opens the store again: as the system still has it, and
// as it is on disk where the power is lost as well.
void check_fault(const Fault& fault, std::size_t lanes) {
    INFO(fault.variable << "=" << fault.call << " with " << lanes << " lanes");
    const RecordedStore recorded;
    const auto outcome =
        recorded.run("write", lanes, 20, {{fault.variable, std::to_string(fault.call)}});
    const Log log(recorded.log());
    const auto rest = after_fault(log);
    REQUIRE_FALSE(rest.empty());
    const bool opened = holds(log.events(), Kind::opened);
    check_end(outcome, opened);
    CHECK_FALSE(holds(rest, Kind::synced));
    // Of several lanes, one may come to note what the commit before had acknowledged.
    if (lanes == 1) CHECK_FALSE(holds(rest, Kind::acknowledged));

    const auto counts = acknowledged(log, log.events().size(), lanes);
    if (opened) {
        std::mt19937_64 random(static_cast<unsigned>(fault.call));
        const auto image = cut(log, log.events().size(), random);
        CHECK(fault_of_image(image, counts) == "");
    }
    CHECK(fault_of(recorded.store(), counts) == "");
}

}  // namespace

TEST_CASE("faults: no change is acknowledged after a sync that failed, none before it is lost",
          "[torture]") {
    if (!can_preload("failing syncs")) return;
    for (int call = 1; call <= 15; ++call) check_fault({"SHOP_FAIL_SYNC_AT", call}, 1);
    for (const int call : {22, 24, 27}) check_fault({"SHOP_FAIL_SYNC_AT", call}, 8);
}

TEST_CASE("faults: no change is acknowledged after a write that failed, none before it is lost",
          "[torture]") {
    if (!can_preload("failing writes")) return;
    for (int call = 1; call <= 20; ++call) check_fault({"SHOP_FAIL_WRITE_AT", call}, 1);
    for (const int call : {90, 95, 101}) check_fault({"SHOP_FAIL_WRITE_AT", call}, 8);
}
