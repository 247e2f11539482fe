// Hooks, with real programs.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "deploy/hooks.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;

namespace {

const Deployment kHookDeployment{
    "dep_1", "apply", "aaaa", "bbbb", "ann@box", "the \"autumn\" release\nof 2026", {}};

struct HookFolder {
    test::TempFolder folder;

    std::filesystem::path path(const std::string& name) const { return folder.path() / name; }
    // A hook of that phase, whose script is run by sh.
    Hook hook(const std::string& phase, const std::string& script, std::int64_t seconds = 30) {
        const auto file = path("hook-" + std::to_string(++count));
        REQUIRE(write_file(file, "#!/bin/sh\n" + script + "\n", 0755));
        return {phase, {file, "one", "two words"}, seconds};
    }
    int count = 0;
};

}  // namespace

TEST_CASE("hooks: one gets what is deployed as JSON on standard input, and its arguments",
          "[deploy][hooks]") {
    HookFolder folder;
    const auto out = folder.path("out"), arguments = folder.path("arguments");
    const auto hook = folder.hook(
        "before_rollback", "cat >" + out.string() + "; printf '%s|' \"$@\" >" + arguments.string());
    REQUIRE(run_hooks({hook}, "before_rollback", kHookDeployment, "orderd", "bake: too slow"));
    const auto said = parse_json(read_file(out).value_or(""));
    REQUIRE(said);
    CHECK(dump(*said) == R"({"phase":"before_rollback","deployment":"dep_1","from":"aaaa",)"
                         R"("to":"bbbb","who":"ann@box","why":"the \"autumn\" release\nof 2026",)"
                         R"("service":"orderd","reason":"bake: too slow"})");
    CHECK(read_file(arguments).value_or("") == "one|two words|");
}

TEST_CASE("hooks: only those of the phase run, in their order", "[deploy][hooks]") {
    HookFolder folder;
    const std::string out = folder.path("out");
    const std::vector<Hook> hooks = {folder.hook("done", "echo 1 >>" + out),
                                     folder.hook("failed", "echo no >>" + out),
                                     folder.hook("done", "echo 2 >>" + out)};
    REQUIRE(run_hooks(hooks, "done", kHookDeployment, "", ""));
    CHECK(read_file(out).value_or("") == "1\n2\n");
}

TEST_CASE("hooks: a veto is told with the hook's name and last lines, and ends the phase",
          "[deploy][hooks]") {
    HookFolder folder;
    const auto out = folder.path("out");
    const std::vector<Hook> hooks = {
        folder.hook("before_switch", "for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 3"),
        folder.hook("before_switch", "touch " + out.string())};
    const auto ran = run_hooks(hooks, "before_switch", kHookDeployment, "userd", "");
    REQUIRE_FALSE(ran);
    CHECK(ran.error().code == Code::failed_precondition);
    CHECK(ran.error().message == "The hook " + hooks[0].command[0] +
                                     " of before_switch ended with 3: "
                                     "line 3\nline 4\nline 5\nline 6\nline 7");
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("hooks: after the switch all run, whatever becomes of the others", "[deploy][hooks]") {
    HookFolder folder;
    const auto out = folder.path("out");
    const std::vector<Hook> hooks = {folder.hook("after_switch", "echo told; exit 1"),
                                     folder.hook("after_switch", "touch " + out.string()),
                                     {"after_switch", {"no-such-program-of-a-shop"}, 5}};
    const auto ran = run_hooks(hooks, "after_switch", kHookDeployment, "userd", "");
    REQUIRE_FALSE(ran);
    CHECK(ran.error().message.find("ended with 1: told\n") != std::string::npos);
    CHECK(ran.error().message.find("no-such-program-of-a-shop of after_switch can't be run") !=
          std::string::npos);
    CHECK(std::filesystem::exists(out));
}

TEST_CASE("hooks: one that does not end is ended, and forbids", "[deploy][hooks]") {
    HookFolder folder;
    const auto hook = folder.hook("before_preflight", "sleep 600", 1);
    const auto ran = run_hooks({hook}, "before_preflight", kHookDeployment, "", "");
    REQUIRE_FALSE(ran);
    CHECK(ran.error().message.find("did not end within 1 s") != std::string::npos);
}

TEST_CASE("hooks: one that does not read what it gets is fine", "[deploy][hooks]") {
    HookFolder folder;
    Deployment much = kHookDeployment;
    much.why = std::string(1'000'000, 'x');
    CHECK(run_hooks({folder.hook("done", "exec true")}, "done", much, "", ""));
}

TEST_CASE("hooks: the phases before the switch, and no others, may forbid it", "[deploy][hooks]") {
    std::string vetoes;
    for (const auto phase : hook_phases())
        if (may_veto(phase)) vetoes += std::string(phase) + ' ';
    CHECK(vetoes == "before_preflight after_preflight before_switch ");
}
