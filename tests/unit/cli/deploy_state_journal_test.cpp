// The journal: what is begun and not ended is known after a crash, and a former holder of the lock
// can't write.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "deploy/disk.hpp"
#include "deploy/journal.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using namespace std::chrono_literals;

namespace {

struct JournalHouse {
    test::TempFolder folder;
    std::filesystem::path file = folder.path() / "state/journal.jsonl";
    ManualClock clock{Time(1000s)};
    std::int64_t fence = 7;
    Journal journal{file, clock, [this]() -> Result<std::int64_t> {
                        if (fence == 0) return fail(Code::conflict, "taken");
                        return fence;
                    }};

    Deployment deployment(const std::string& id = "dep_1") const {
        return {.id = id,
                .kind = "apply",
                .from = "a",
                .to = "b",
                .who = "ann@box",
                .why = "new \"prices\"\n",
                .begun_at = clock.now()};
    }
    std::optional<Unfinished> unfinished() const {
        // Whoever comes after a crash opens it anew.
        const Journal other(file, clock, []() -> Result<std::int64_t> { return 0; });
        const auto found = other.unfinished();
        REQUIRE(found);
        return *found;
    }
    std::string text() const { return read_file(file).value(); }
    void set_text(const std::string& text) const { REQUIRE(write_file(file, text, 0600)); }
};

}  // namespace

TEST_CASE("deploy journal: an unfinished deployment is found with all that it did",
          "[deploy][journal]") {
    JournalHouse house;
    CHECK_FALSE(house.unfinished());
    REQUIRE(house.journal.begin(house.deployment()));
    house.clock.advance(5s);
    REQUIRE(house.journal.append("dep_1", "preflight"));
    REQUIRE(house.journal.append("dep_1", "switching", "userd", "1.0 -> 1.1"));
    const auto found = house.unfinished();
    REQUIRE(found);
    CHECK(found->deployment.id == "dep_1");
    CHECK(found->deployment.why == "new \"prices\"\n");
    CHECK(found->deployment.begun_at == Time(1000s));
    REQUIRE(found->entries.size() == 3);
    CHECK(found->entries[0].phase == "begun");
    CHECK(found->entries[2].service == "userd");
    CHECK(found->entries[2].detail == "1.0 -> 1.1");
    CHECK(found->entries[2].fence == 7);
    CHECK(found->entries[2].at == Time(1005s));
    CHECK(found->has("switching", "userd"));
    CHECK(found->has("switching"));
    CHECK_FALSE(found->has("switching", "orderd"));
    CHECK_FALSE(found->has("switched"));
    CHECK_FALSE(found->going_back);
}

TEST_CASE("deploy journal: a deployment ends with done or gone_back, and with nothing else",
          "[deploy][journal]") {
    for (const char* end : {"done", "gone_back"}) {
        JournalHouse house;
        REQUIRE(house.journal.begin(house.deployment()));
        for (const char* phase : {"preflight", "staged", "baking", "going_back", "switched_back"}) {
            REQUIRE(house.journal.append("dep_1", phase, "", std::string("at ") + phase));
            CHECK(house.unfinished());
        }
        CHECK(house.unfinished()->going_back);
        CHECK(house.unfinished()->reason == "at going_back");
        CHECK(house.journal.begin(house.deployment("dep_2")).error().code == Code::conflict);
        REQUIRE(house.journal.append("dep_1", end));
        CHECK_FALSE(house.unfinished());
        REQUIRE(house.journal.begin(house.deployment("dep_2")));
        CHECK(house.unfinished()->deployment.id == "dep_2");
        CHECK(house.unfinished()->entries.size() == 1);
        CHECK_FALSE(house.unfinished()->going_back);
    }
}

TEST_CASE("deploy journal: cut at any byte, it tells of the whole lines, and goes on after them",
          "[deploy][journal]") {
    JournalHouse house;
    REQUIRE(house.journal.begin(house.deployment()));
    const std::size_t begun = house.text().size();
    REQUIRE(house.journal.append("dep_1", "preflight"));
    const std::size_t second = house.text().size();
    REQUIRE(house.journal.append("dep_1", "staged"));
    const std::string whole = house.text();
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        house.set_text(whole.substr(0, cut));
        const auto found = house.unfinished();
        const std::size_t lines = (cut >= begun) + (cut >= second) + (cut >= whole.size());
        CHECK((found ? found->entries.size() : 0) == lines);
        if (lines == 0) continue;
        REQUIRE(house.journal.append("dep_1", "next"));
        const auto after = house.unfinished();
        REQUIRE(after);
        CHECK(after->entries.size() == lines + 1);
        CHECK(after->entries.back().phase == "next");
    }
}

TEST_CASE("deploy journal: a damaged line in between is named", "[deploy][journal]") {
    JournalHouse house;
    REQUIRE(house.journal.begin(house.deployment()));
    const std::string first = house.text();
    for (const std::string bad :
         {"{\"phase\":\n", "[]\n", "\n", "{\"phase\":\"begun\"}\n", "{\"fence\":\"x\"}\n"}) {
        house.set_text(first + bad + first);
        const auto found = house.journal.unfinished();
        REQUIRE_FALSE(found);
        CHECK(found.error().code == Code::failed_precondition);
        CHECK(found.error().message.find("Line 2 of " + house.file.string()) == 0);
    }
}

TEST_CASE("deploy journal: who lost the lock writes nothing", "[deploy][journal]") {
    JournalHouse house;
    REQUIRE(house.journal.begin(house.deployment()));
    const std::string before = house.text();
    house.fence = 0;
    CHECK(house.journal.append("dep_1", "switched", "userd").error().code == Code::conflict);
    CHECK(house.journal.append("dep_1", "switched", "userd").error().message == "taken");
    CHECK(house.text() == before);
    // It was stopped after it had asked: the new holder's line is there by now.
    house.fence = 9;
    REQUIRE(house.journal.append("dep_1", "going_back"));
    house.fence = 8;
    CHECK(house.journal.append("dep_1", "switched", "userd").error().code == Code::conflict);
    CHECK(house.unfinished()->entries.size() == 2);
}

TEST_CASE("deploy journal: it begins anew when it is long, at the begin of a deployment",
          "[deploy][journal]") {
    JournalHouse house;
    REQUIRE(house.journal.begin(house.deployment()));
    const std::string much(600'000, 'x');
    REQUIRE(house.journal.append("dep_1", "preflight", "", much));
    REQUIRE(house.journal.append("dep_1", "staged", "", much));
    REQUIRE(house.journal.append("dep_1", "done"));
    CHECK(house.text().size() > 1'200'000);
    REQUIRE(house.journal.begin(house.deployment("dep_2")));
    CHECK(house.text().size() < 1000);
    CHECK(house.unfinished()->deployment.id == "dep_2");
}

TEST_CASE("deploy disk: a file of lines goes on where the one before ended", "[deploy][journal]") {
    const test::TempFolder folder;
    const auto file = folder.path() / "a/lines";
    CHECK(read_lines(file).value().empty());
    {
        auto first = LineFile::open(file);
        REQUIRE(first);
        CHECK(first->last().empty());
        REQUIRE(first->append("one"));
        REQUIRE(first->append(""));
        CHECK(first->last().empty());
    }
    auto second = LineFile::open(file);
    REQUIRE(second);
    CHECK(second->content() == "one\n\n");
    REQUIRE(second->append("two"));
    CHECK(second->last() == "two");
    CHECK(read_lines(file).value() == std::vector<std::string>{"one", "", "two"});
}
