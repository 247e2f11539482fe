// The layout is the architecture: includes are held against the links of ARCHITECTURE.md, files
// against the house's limits.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

struct Source {
    std::string path;  // from the project's root
    std::vector<std::string> lines;
    bool header() const { return path.ends_with(".hpp"); }
};

std::vector<Source> sources(const std::vector<std::string>& folders) {
    std::vector<Source> out;
    const fs::path root = SHOP_SOURCE_DIR;
    for (const auto& folder : folders)
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const auto extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".hpp") continue;
            Source source{fs::relative(entry.path(), root).string(), {}};
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) source.lines.push_back(line);
            out.push_back(std::move(source));
        }
    return out;
}

std::vector<std::string> includes(const Source& source) {
    static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::vector<std::string> out;
    for (const auto& line : source.lines) {
        std::smatch match;
        if (std::regex_search(line, match, pattern)) out.push_back(match[1]);
    }
    return out;
}

// "lib/http/front.cpp" -> "http", "daemons/userd/store.cpp" -> "userd", "cli/…" -> "cli".
std::string box_of(const std::string& path) {
    if (path.starts_with("cli/")) return "cli";
    const auto first = path.find('/') + 1;
    return path.substr(first, path.find('/', first) - first);
}

// Which boxes each box may include, besides itself.
const std::map<std::string, Names>& links() {
    static const Names kit = {"base", "schema", "http",   "store",
                              "auth", "api",    "events", "runtime"};
    const auto kit_and = [](const std::string& box) {
        Names all = kit;
        all.insert(box);
        return all;
    };
    static const std::map<std::string, Names> table = {
        {"base", {}},
        {"schema", {"base"}},
        {"http", {"base", "schema"}},
        {"store", {"base", "schema"}},
        {"auth", {"base", "schema"}},
        {"api", {"base", "schema", "http", "auth"}},
        {"events", {"base", "schema", "http", "auth", "api", "store"}},
        {"runtime", {"base", "schema", "http", "auth", "api", "store", "events"}},
        {"mail", {"base", "schema"}},
        {"picture", {"base"}},
        {"userd", kit_and("mail")},
        {"productd", kit_and("picture")},
        {"orderd", kit},
        {"storefrontd", kit},
        {"cli", {"base", "schema", "http", "auth", "api"}},
    };
    return table;
}

// Third-party headers that only some files may include: a prefix of the header, then prefixes of
// paths.
struct Fence {
    std::string header;
    std::vector<std::string> paths;
};
const std::vector<Fence> kFences = {
    {"lmdb.h", {"lib/store/lmdb"}},
    {"jwt.h", {"lib/auth/"}},
    {"openssl/", {"lib/auth/", "lib/http/tls", "lib/http/channel"}},
    {"libdeflate", {"lib/http/gzip"}},
    {"zstd.h", {"lib/base/zstd"}},
    {"sodium", {"lib/base/", "lib/auth/", "daemons/storefrontd/sealing"}},
    {"liboath/", {"lib/auth/totp"}},
    {"zxcvbn.h", {"lib/auth/new_password"}},
    {"qrencode.h", {"cli/output/", "daemons/storefrontd/qr"}},
    {"toml++", {"lib/runtime/"}},
    {"prometheus/", {"lib/runtime/"}},
    {"CLI/", {"cli/args.cpp", "cli/command.cpp", "cli/tree.cpp"}},
    {"yaml-cpp/", {"cli/output/", "cli/deploy/manifest_yaml"}},
    {"curl/", {"lib/mail/program/"}},
    {"gd.h", {"lib/picture/program/"}},
    {"csv.h", {"cli/import/"}},
    {"httplib.h", {}},
    {"libpq", {"lib/store/postgres"}},
};

}  // namespace

TEST_CASE("layout: no box includes a box that it has no link to", "[layout]") {
    const auto files = sources({"lib", "daemons", "cli"});
    REQUIRE(files.size() > 100);
    for (const auto& source : files) {
        const std::string box = box_of(source.path);
        INFO(source.path);
        REQUIRE(links().contains(box));
        for (const auto& header : includes(source)) {
            const std::string target = header.substr(0, header.find('/'));
            if (header.find('/') == std::string::npos || !links().contains(target) || target == box)
                continue;
            INFO("includes " << header);
            CHECK(links().at(box).contains(target));
        }
    }
}

TEST_CASE("layout: third-party headers stay behind their fences", "[layout]") {
    for (const auto& source : sources({"lib", "daemons", "cli"}))
        for (const auto& header : includes(source))
            for (const auto& fence : kFences) {
                if (!header.starts_with(fence.header)) continue;
                INFO(source.path << " includes " << header);
                CHECK(std::ranges::any_of(fence.paths, [&](const std::string& path) {
                    return source.path.starts_with(path);
                }));
            }
}

TEST_CASE("layout: a header opens with what it is and says its thread safety", "[layout]") {
    for (const auto& source : sources({"lib", "daemons", "cli", "tests/support"})) {
        if (!source.header()) continue;
        INFO(source.path);
        CHECK(source.lines.at(0).starts_with("// "));
        CHECK(std::ranges::any_of(source.lines, [](const std::string& line) {
            return line.find("Thread safety:") != std::string::npos;
        }));
        CHECK(std::ranges::find(source.lines, "#pragma once") != source.lines.end());
    }
}

TEST_CASE("layout: files and lines stay within the house's limits", "[layout]") {
    for (const auto& source : sources({"lib", "daemons", "cli", "tests"})) {
        INFO(source.path);
        CHECK(source.lines.size() <= 500);
        for (std::size_t i = 0; i < source.lines.size(); ++i) {
            INFO("line " << i + 1);
            // Code points: a continuation byte of UTF-8 is no column.
            const auto columns = std::ranges::count_if(source.lines[i], [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
            });
            CHECK(columns <= 100);
        }
    }
}

TEST_CASE("layout: nothing is left open in the code", "[layout]") {
    const std::regex open(std::string("\\b(TO") + "DO|FIX" + "ME)\\b");
    for (const auto& source : sources({"lib", "daemons", "cli", "tests"}))
        for (const auto& line : source.lines) {
            INFO(source.path << ": " << line);
            CHECK_FALSE(std::regex_search(line, open));
        }
}

TEST_CASE("layout: each command has its page of prose", "[layout]") {
    const fs::path folder = fs::path(SHOP_SOURCE_DIR) / "cli/commands";
    int commands = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string stem = entry.path().stem();
        if (entry.path().extension() != ".cpp" || stem == "all" || stem == "views") continue;
        INFO(stem);
        std::ifstream prose(folder / (stem + ".md"));
        const std::string text((std::istreambuf_iterator<char>(prose)), {});
        CHECK(text.find("## Examples\n") != std::string::npos);
        ++commands;
    }
    CHECK(commands >= 40);
}
