// The history: a chain in which a change is seen, and the release that runs by it.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "deploy/history.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using namespace std::chrono_literals;

namespace {

struct HistoryHouse {
    test::TempFolder folder;
    std::filesystem::path file = folder.path() / "history.jsonl";
    History history{file};

    Record add(const std::string& kind, const std::string& from, const std::string& to,
               const std::string& verdict) {
        const auto record = history.append({.kind = kind,
                                            .deployment = "dep_1",
                                            .from = from,
                                            .to = to,
                                            .who = "ann@box",
                                            .why = "because\nof it",
                                            .begun_at = Time(5s),
                                            .ended_at = Time(9s),
                                            .verdict = verdict,
                                            .changes = {"version 1 -> 2", "ü"}});
        REQUIRE(record);
        return *record;
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        const std::string text = read_file(file).value();
        for (const auto line : split(text, '\n'))
            if (!line.empty()) out.emplace_back(line);
        return out;
    }
    // How reading ends where these lines are the file.
    std::string fault(const std::vector<std::string>& lines) const {
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        REQUIRE(write_file(file, text, 0600));
        const auto read = history.read();
        if (read) return "";
        CHECK(read.error().code == Code::failed_precondition);
        CHECK(history.current().error().code == Code::failed_precondition);
        return read.error().message;
    }
};

void replace(std::string& text, const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("deploy history: records are numbered and chained, and read as they were written",
          "[deploy][history]") {
    HistoryHouse house;
    CHECK(house.history.read().value().empty());
    CHECK(house.history.current().value().empty());
    const Record first = house.add("apply", "", "a", "good");
    const Record second = house.add("secret", "", "", "");
    CHECK(first.number == 1);
    CHECK(first.previous.empty());
    CHECK(second.number == 2);
    CHECK(second.previous == first.hash);
    CHECK(second.hash.size() == 64);
    const auto read = house.history.read();
    REQUIRE(read);
    REQUIRE(read->size() == 2);
    CHECK((*read)[0].why == "because\nof it");
    CHECK((*read)[0].ended_at == Time(9s));
    CHECK((*read)[0].changes == std::vector<std::string>{"version 1 -> 2", "ü"});
    CHECK((*read)[1].hash == second.hash);
}

TEST_CASE("deploy history: a changed, missing, added or moved line is named", "[deploy][history]") {
    HistoryHouse house;
    for (int i = 0; i < 5; ++i) house.add("apply", "", "r" + std::to_string(i), "good");
    const auto whole = house.lines();
    REQUIRE(whole.size() == 5);
    CHECK(house.fault(whole).empty());
    const auto names = [&](const std::vector<std::string>& lines, int number) {
        const std::string said = house.fault(lines);
        INFO(said);
        return said.find("line " + std::to_string(number) + " of " + house.file.string()) !=
               std::string::npos;
    };
    auto lines = whole;
    replace(lines[2], "ann@box", "bob@box");
    CHECK(names(lines, 3));
    lines = whole;
    replace(lines[4], "\"verdict\":\"good\"", "\"verdict\":\"failed\"");
    CHECK(names(lines, 5));
    lines = whole;
    replace(lines[1], "{", "{\"extra\":1,");
    CHECK(names(lines, 2));
    lines = whole;
    lines.erase(lines.begin() + 1);
    CHECK(names(lines, 2));
    lines = whole;
    lines.erase(lines.begin());
    CHECK(names(lines, 1));
    lines = whole;
    lines.insert(lines.begin() + 3, lines[2]);
    CHECK(names(lines, 4));
    lines = whole;
    std::swap(lines[1], lines[2]);
    CHECK(names(lines, 2));
    for (const char* junk : {"", "x", "[]", "{}", "{\"number\":\"3\"}"}) {
        lines = whole;
        lines[2] = junk;
        CHECK(names(lines, 3));
    }
}

TEST_CASE("deploy history: a line that was hashed anew after a change breaks the next one",
          "[deploy][history]") {
    HistoryHouse house;
    house.add("apply", "", "a", "good");
    const auto before = house.lines();
    house.add("apply", "a", "b", "good");
    house.add("apply", "b", "c", "good");
    const auto whole = house.lines();
    REQUIRE(house.fault(before).empty());
    house.add("apply", "a", "evil", "good");
    const auto forged = house.lines();
    CHECK(house.fault({whole[0], forged[1], whole[2]}).find("line 3 of ") != std::string::npos);
}

TEST_CASE("deploy history: a half written end is no fault, and the next record takes its place",
          "[deploy][history]") {
    HistoryHouse house;
    house.add("apply", "", "a", "good");
    const std::string first = read_file(house.file).value();
    house.add("apply", "a", "b", "good");
    const std::string both = read_file(house.file).value();
    for (std::size_t cut = first.size(); cut < both.size(); cut += 7) {
        REQUIRE(write_file(house.file, both.substr(0, cut), 0600));
        CHECK(house.history.current().value() == "a");
        CHECK(house.add("apply", "a", "c", "good").number == 2);
        CHECK(house.history.current().value() == "c");
    }
}

TEST_CASE("deploy history: what runs is the newest good release, and before it the one to go to",
          "[deploy][history]") {
    HistoryHouse house;
    const auto is = [&](const std::string& current, const std::string& previous) {
        CHECK(house.history.current().value() == current);
        CHECK(house.history.previous_good().value() == previous);
    };
    house.add("apply", "", "bad", "rolled_back");
    is("", "");
    house.add("apply", "", "a", "good");
    is("a", "");
    house.add("apply", "a", "bad", "rolled_back");
    house.add("apply", "a", "bad", "failed");
    house.add("apply", "a", "bad", "aborted");
    house.add("secret", "", "", "");
    is("a", "");
    house.add("apply", "a", "b", "good");
    is("b", "a");
    house.add("apply", "b", "b", "good");  // settings that were changed by hand, say
    is("b", "a");
    house.add("apply", "b", "c", "good");
    is("c", "b");
    house.add("rollback", "c", "b", "rolled_back");
    is("c", "b");
    house.add("rollback", "c", "b", "good");
    is("b", "a");  // not c, which was gone back from
    house.add("rollback", "b", "a", "good");
    is("a", "");
    house.add("apply", "a", "c", "good");
    is("c", "a");
}
