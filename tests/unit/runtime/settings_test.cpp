#include "runtime/settings.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "contract/engines.hpp"

using namespace shop;
using namespace shop::runtime;

namespace {

// A daemon's own group beside the common one.
struct OwnSettings {
    std::int64_t shelves = 3;
    bool no_dust = false;
};

}  // namespace

template <>
const schema::StructType& schema::type_of<OwnSettings>() {
    static const StructType type{
        "OwnSettings",
        "Of this daemon alone.",
        {field<&OwnSettings::shelves>("shelves", "How many shelves.", Range{1, 9}),
         field<&OwnSettings::no_dust>("no_dust", "Keep the dust out.")}};
    return type;
}

namespace {

struct Reader {
    DaemonSettings common;
    OwnSettings own;
    std::vector<SettingsGroup> groups{{&schema::type_of<DaemonSettings>(), &common},
                                      {&schema::type_of<OwnSettings>(), &own}};
    store::test::TempFolder folder;

    Result<CommandLine> read(const std::vector<std::string>& arguments,
                             const Environment& environment = {}) {
        return read_settings("userd", arguments, environment, groups);
    }
    // The message of a refusal.
    std::string refused(const std::vector<std::string>& arguments,
                        const Environment& environment = {}) {
        const auto line = read(arguments, environment);
        REQUIRE_FALSE(line);
        CHECK(line.error().code == Code::invalid_argument);
        return line.error().message;
    }
    std::string file(const std::string& text) {
        const auto path = folder.path() / "userd.toml";
        std::ofstream(path) << text;
        return path.string();
    }
};

bool holds(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("settings: flag before environment before file before default", "[runtime]") {
    Reader reader;
    const std::string path =
        reader.file("workers = 1\ndrain_seconds = 2\nlisten = \"10.0.0.3\"\ncourse_api = true\n");
    REQUIRE(reader.read({"--config", path, "--workers", "9"},
                        {{"SHOP_USERD_WORKERS", "8"}, {"SHOP_USERD_DRAIN_SECONDS", "7"}}));
    CHECK(reader.common.workers == 9);
    CHECK(reader.common.drain_seconds == 7);
    CHECK(reader.common.listen == "10.0.0.3");
    CHECK(reader.common.course_api);
    CHECK(reader.common.log_level == "info");
    CHECK(reader.own.shelves == 3);
}

TEST_CASE("settings: each form of a flag", "[runtime]") {
    Reader reader;
    REQUIRE(reader.read({"--data-dir=/a=b", "--keys-dir", "/k", "--course-api", "--shelves=4"}));
    CHECK(reader.common.data_dir == "/a=b");
    CHECK(reader.common.keys_dir == "/k");
    CHECK(reader.common.course_api);
    CHECK(reader.own.shelves == 4);
    REQUIRE(reader.read({"--no-course-api"}));
    CHECK_FALSE(reader.common.course_api);
    REQUIRE(reader.read({"--course-api=true", "--no-dust"}));
    CHECK(reader.common.course_api);
    CHECK(reader.own.no_dust);
    REQUIRE(reader.read({"--no-no-dust"}));
    CHECK_FALSE(reader.own.no_dust);
}

TEST_CASE("settings: the flags that ask for something else than to serve", "[runtime]") {
    Reader reader;
    const auto line = reader.read(
        {"--check-config", "--print-config", "--version", "--help", "--health", "--describe"});
    REQUIRE(line);
    CHECK((line->check_config && line->print_config && line->version && line->help));
    CHECK((line->health && line->describe));
    const auto none = reader.read({});
    REQUIRE(none);
    CHECK_FALSE((none->check_config || none->print_config || none->version || none->help));
    CHECK_FALSE((none->health || none->describe));
}

TEST_CASE("settings: a value out of range says the flag, the rule and where it came from",
          "[runtime]") {
    Reader reader;
    CHECK(reader.refused({"--port", "70000"}) ==
          "--port: must be between 0 and 65535 (from the command line)");
    holds(reader.refused({}, {{"SHOP_USERD_PORT", "x"}}), "(from the variable SHOP_USERD_PORT)");
    const std::string path = reader.file("log_level = \"loud\"\n");
    holds(reader.refused({"--config", path}), "--log-level: must be one of");
    holds(reader.refused({"--config", path}), "(from " + path + ")");
    holds(reader.refused({"--shelves", "0"}), "--shelves: must be between 1 and 9");
    const std::string two = reader.refused({"--port=-1", "--workers=0"});
    holds(two, "--port: ");
    holds(two, "; --workers: ");
    holds(reader.refused({"--course-api=maybe"}), "--course-api: must be true or false");
}

TEST_CASE("settings: what is misspelt is refused, wherever it stands", "[runtime]") {
    Reader reader;
    const std::string remedy = "shop-userd --help";
    CHECK(reader.refused({"--prot", "1"}) ==
          "--prot is not known. See the settings with: shop-userd --help");
    holds(reader.refused({"port"}), remedy);
    holds(reader.refused({"-p", "1"}), remedy);
    holds(reader.refused({"--no-port"}), remedy);
    holds(reader.refused({}, {{"SHOP_USERD_PROT", "1"}}), "SHOP_USERD_PROT");
    holds(reader.refused({"--config", reader.file("prot = 1\n")}), "prot is not known");
    // Of other programs, and of the other services.
    CHECK(reader.read({}, {{"SHOP_ORDERD_PROT", "1"}, {"PATH", "/bin"}, {"SHOP_USERDX_A", "1"}}));
}

TEST_CASE("settings: a flag without its value does not eat the next flag", "[runtime]") {
    Reader reader;
    CHECK(reader.refused({"--data-dir"}) == "--data-dir needs a value.");
    CHECK(reader.refused({"--data-dir", "--check-config"}) == "--data-dir needs a value.");
    CHECK(reader.refused({"--config"}) == "--config needs a value.");
    REQUIRE(reader.read({"--data-dir=--odd"}));
    CHECK(reader.common.data_dir == "--odd");
}

TEST_CASE("settings: a file that can't be read says which and where", "[runtime]") {
    Reader reader;
    const auto missing = reader.read({"--config", "/nowhere/userd.toml"});
    REQUIRE_FALSE(missing);
    holds(missing.error().message, "/nowhere/userd.toml");
    holds(reader.refused({"--config", reader.file("workers = 1\nlisten = \n")}), "line 2");
    holds(reader.refused({"--config", reader.file("workers = 1\nworkers = 2\n")}), "line 2");
    holds(reader.refused({"--config", reader.file("workers = 1.5\n")}), "workers must be");
    holds(reader.refused({"--config", reader.file("[userd]\nworkers = 1\n")}),
          "userd is not known");
}

TEST_CASE("settings: what is printed is a file that gives the same values", "[runtime]") {
    Reader reader;
    REQUIRE(reader.read({"--data-dir", "/a \"b\"\\c/é", "--course-api", "--port=81"}));
    const std::string text = print_settings(reader.groups);
    Reader again;
    REQUIRE(again.read({"--config", again.file(text)}));
    CHECK(again.common.data_dir == reader.common.data_dir);
    CHECK(again.common.course_api);
    CHECK(again.common.port == 81);
    CHECK(print_settings(again.groups) == text);
}

TEST_CASE("settings: help names each setting with rule and default", "[runtime]") {
    Reader reader;
    const std::string text = settings_help("userd", reader.groups);
    for (const auto& group : reader.groups)
        for (const auto& field : group.type->fields) holds(text, field.doc);
    holds(text, "--drain-seconds");
    holds(text, "0 to 600; default 20");
    holds(text, "error|warning|info|debug; default \"info\"");
    holds(text, "SHOP_USERD_");
    for (const char* flag : {"--check-config", "--health", "--describe"}) holds(text, flag);
}

TEST_CASE("settings: the process's environment is read whole", "[runtime]") {
    REQUIRE(::setenv("SHOP_TEST_OF_SETTINGS", "a=b", 1) == 0);
    const auto all = process_environment();
    ::unsetenv("SHOP_TEST_OF_SETTINGS");
    CHECK(std::ranges::find(all, std::pair<std::string, std::string>("SHOP_TEST_OF_SETTINGS",
                                                                     "a=b")) != all.end());
}
