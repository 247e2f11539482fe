// What the newest deployment tells everybody.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "deploy/latest.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using namespace std::chrono_literals;

namespace {

struct LatestHouse {
    test::TempFolder folder;
    std::filesystem::path file = folder.path() / "latest.json";
    History history{folder.path() / "history.jsonl"};

    void add(const std::string& kind, const std::string& to, const std::string& verdict) {
        REQUIRE(history.append({.kind = kind,
                                .from = "aaaa",
                                .to = to,
                                .who = "ann@box",
                                .why = "because",
                                .begun_at = Time(5s),
                                .ended_at = Time(9s),
                                .verdict = verdict,
                                .reason = "bake: orderd took 30 ms"}));
    }
    Json told() const {
        REQUIRE(tell_latest(history, file));
        const auto text = read_file(file);
        REQUIRE(text);
        return Json::parse(*text);
    }
};

}  // namespace

TEST_CASE("latest deployment: release, when, who and verdict are told to everybody, and no more",
          "[deploy]") {
    LatestHouse house;
    house.add("apply", "bbbb", "good");
    CHECK(house.told() == Json{{"release", "bbbb"},
                               {"when", "1970-01-01T00:00:09.000Z"},
                               {"who", "ann@box"},
                               {"verdict", "good"}});
    const auto mode = std::filesystem::status(house.file).permissions();
    CHECK(static_cast<unsigned>(mode) == 0644);
    house.add("apply", "cccc", "rolled_back");
    CHECK(house.told()["release"] == "cccc");
    CHECK(house.told()["verdict"] == "rolled_back");
}

TEST_CASE("latest deployment: what is none leaves it as it was", "[deploy]") {
    LatestHouse house;
    REQUIRE(tell_latest(house.history, house.file));
    CHECK_FALSE(std::filesystem::exists(house.file));
    house.add("apply", "bbbb", "good");
    house.add("secret", "", "");
    house.add("lock_stolen", "", "");
    CHECK(house.told()["release"] == "bbbb");
}
