// SECURITY.md is held against what it names: tests, files and commands that are there, and each
// requirement once.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path kRoot = SHOP_SOURCE_DIR;

// Of ASVS 4.0.3, the requirements of levels 1 and 2 in each chapter.
const std::map<std::string, int> kRequirements = {
    {"V1", 38}, {"V2", 53}, {"V3", 18}, {"V4", 9},  {"V5", 30},  {"V6", 13},  {"V7", 12},
    {"V8", 15}, {"V9", 7},  {"V10", 5}, {"V11", 8}, {"V12", 15}, {"V13", 13}, {"V14", 23},
};
constexpr int kOfTopTen = 10;

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

const std::string& security_doc() {
    static const std::string text = text_of(kRoot / "SECURITY.md");
    return text;
}

// What stands between backticks.
std::vector<std::string> quoted_words() {
    const std::string& text = security_doc();
    std::vector<std::string> out;
    for (auto at = text.find('`'); at != std::string::npos; at = text.find('`', at + 1)) {
        const auto end = text.find('`', at + 1);
        REQUIRE(end != std::string::npos);
        out.push_back(text.substr(at + 1, end - at - 1));
        at = end;
    }
    return out;
}

// The literals behind TEST_CASE(, joined where they stand side by side.
std::string joined_literals(const std::string& text, std::size_t at) {
    std::string name;
    while (true) {
        at = text.find_first_not_of(" \n", at);
        if (at == std::string::npos || text[at] != '"') return name;
        for (++at; text.at(at) != '"'; ++at) {
            if (text[at] == '\\') ++at;
            name += text.at(at);
        }
        ++at;
    }
}

// What stands before a test's name in such a file; empty where the file has none.
std::string opening_in(const fs::path& file) {
    if (file.filename().string().ends_with("_test.cpp")) return std::string("TEST_") + "CASE(";
    return file.extension() == ".mjs" ? "    test(" : "";
}

std::set<std::string> test_names() {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
        const std::string opening = opening_in(entry.path());
        if (opening.empty()) continue;
        const std::string text = text_of(entry.path());
        for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
            at += opening.size();
            names.insert(joined_literals(text, at));
        }
    }
    return names;
}

bool has_blank(const std::string& word) { return word.find(' ') != std::string::npos; }

// "shopctl audit head" -> cli/commands/audit_head.cpp
bool is_command(const std::string& word) {
    constexpr std::string_view kProgram = "shopctl ";
    if (word.starts_with("make ")) return true;
    if (!word.starts_with(kProgram)) return false;
    std::string stem = word.substr(kProgram.size());
    std::replace(stem.begin(), stem.end(), ' ', '_');
    return fs::exists(kRoot / "cli/commands" / (stem + ".cpp"));
}

// The tables' rows, each cell without the blanks around it.
std::vector<std::vector<std::string>> rows() {
    std::vector<std::vector<std::string>> out;
    std::istringstream text(security_doc());
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("| ") || !line.ends_with(" |")) continue;
        auto& cells = out.emplace_back();
        for (std::size_t at = 2; at < line.size();) {
            const auto end = line.find(" |", at);
            cells.push_back(line.substr(at, end - at));
            at = end + 3;
        }
    }
    return out;
}

bool says_what_shows_it(const std::string& cell) {
    return cell.find('`') != std::string::npos || cell.find("does not apply") == 0 ||
           cell.find("open") != std::string::npos || cell.starts_with("in \"");
}

}  // namespace

TEST_CASE("SECURITY.md: each test and command that it names is there", "[layout]") {
    const auto names = test_names();
    REQUIRE(names.size() > 900);
    int named = 0;
    for (const auto& word : quoted_words()) {
        if (!has_blank(word) || is_command(word)) continue;
        INFO(word);
        CHECK(names.contains(word));
        ++named;
    }
    CHECK(named > 300);
}

TEST_CASE("SECURITY.md: each file and folder that it names is there", "[layout]") {
    for (const auto& word : quoted_words()) {
        if (has_blank(word) || word.find_first_of("./") == std::string::npos) continue;
        INFO(word);
        CHECK(fs::exists(kRoot / word));
    }
}

TEST_CASE("SECURITY.md: each requirement has one row, and each row says what shows it",
          "[layout]") {
    static const std::regex number("(V[0-9]+)\\.[0-9]+\\.[0-9]+|API[0-9]+");
    std::set<std::string> seen;
    std::map<std::string, int> chapters;
    int of_top_ten = 0;
    for (const auto& cells : rows()) {
        const std::string first = cells.at(0).substr(0, cells.at(0).find(' '));
        std::smatch match;
        if (!std::regex_match(first, match, number)) continue;
        const std::string chapter = match[1];
        INFO(first);
        CHECK(seen.insert(first).second);
        REQUIRE(cells.size() == 4);
        CHECK(says_what_shows_it(cells[3]));
        if (chapter.empty()) {
            ++of_top_ten;
            continue;
        }
        CHECK((cells[1] == "1" || cells[1] == "2"));
        ++chapters[chapter];
    }
    CHECK(of_top_ten == kOfTopTen);
    CHECK(chapters == kRequirements);
}
