// Running another program to its end.
#include "program.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli;
using namespace std::chrono_literals;

namespace {

Result<ProgramResult> in_sh(const std::string& script, const ProgramOptions& options = {}) {
    return run_program({"sh", "-c", script}, options);
}

}  // namespace

TEST_CASE("program: what it reads, writes and complains of, and how it ends", "[program]") {
    const auto result = in_sh("cat; echo bad >&2; exit 7", {.input = "in\n"});
    REQUIRE(result);
    CHECK(result->output == "in\n");
    CHECK(result->complaint == "bad\n");
    CHECK(result->status == 7);
    CHECK_FALSE(result->good());
    CHECK(in_sh("kill -TERM $$")->status == 128 + SIGTERM);
    CHECK(in_sh("exit 0")->good());
}

TEST_CASE("program: words are given as they are, and no shell reads them", "[program]") {
    const auto result = run_program({"printf", "%s|", "a b", "$HOME", "`x`", ""});
    REQUIRE(result);
    CHECK(result->output == "a b|$HOME|`x`||");
}

TEST_CASE("program: input and output far larger than a pipe pass through", "[program]") {
    const std::string much(3'000'000, 'x');
    const auto result = in_sh("tee /dev/stderr", {.input = much});
    REQUIRE(result);
    CHECK(result->output == much);
    CHECK(result->complaint == much);
}

TEST_CASE("program: output is cut at its limit, and the program goes on", "[program]") {
    const auto result =
        in_sh("yes | head -c 200000; echo end >&2; exit 3", {.output_bytes_max = 1000});
    REQUIRE(result);
    CHECK(result->output.size() == 1000);
    CHECK(result->complaint == "end\n");
    CHECK(result->status == 3);
}

TEST_CASE("program: one that is not there, and one that can't be started", "[program]") {
    CHECK(run_program({"shop-no-such-program"}).error().code == Code::not_found);
    const test::TempFolder folder;
    const auto text = folder.path() / "text";
    REQUIRE(write_file(text, "plain", 0600));
    const auto result = run_program({text.string()});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::internal);
}

TEST_CASE("program: when its time is over, it ends with all its children", "[program]") {
    const test::TempFolder folder;
    const auto file = folder.path() / "pid";
    const auto result =
        in_sh("sleep 600 & echo $! > " + file.string() + "; wait", {.deadline = 1500ms});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::timeout);
    CHECK(result.error().message.find("sh did not end within 2 s") == 0);
    const auto child = std::stoi(*read_file(file));
    // Whoever reaps it, it is gone or a zombie.
    CHECK(test::eventually([&] {
        const auto stat = read_file("/proc/" + std::to_string(child) + "/stat");
        return !stat || stat->find(") Z ") != std::string::npos;
    }));
}

TEST_CASE("program: nobody waits for what it leaves behind", "[program]") {
    const auto result = in_sh("sleep 600 & echo $!");
    REQUIRE(result);
    const auto child = std::stoi(result->output);
    CHECK(::kill(child, SIGKILL) == 0);
}

TEST_CASE("program: it gets no descriptor of ours, and signals as they are by default",
          "[program]") {
    const Descriptor ours(::dup(STDERR_FILENO));  // without close-on-exec
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    const auto result =
        in_sh("ls /proc/self/fd | wc -l; sed -n 's/^SigIgn:[^0-9a-f]*//p' /proc/self/status");
    std::signal(SIGPIPE, before);
    REQUIRE(result);
    // Three, and the one that ls reads the folder with.
    REQUIRE(result->output.substr(0, 2) == "4\n");
    CHECK((std::stoull(result->output.substr(2), nullptr, 16) >> (SIGPIPE - 1) & 1) == 0);
}

TEST_CASE("program: output_of names the program and its last words where it fails", "[program]") {
    CHECK(output_of({"echo", "yes"}).value() == "yes\n");
    const auto result =
        output_of({"sh", "-c", "echo out; for i in 1 2 3 4 5 6 7; do echo $i >&2; done; exit 9"});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::failed_precondition);
    CHECK(result.error().message == "sh failed (9): 3\n4\n5\n6\n7");
    CHECK(output_of({"sh", "-c", "echo only; exit 1"}).error().message == "sh failed (1): only");
    CHECK(output_of({"false"}).error().message == "false failed (1) without a word.");
}

TEST_CASE("program: its environment is ours, or what it is given and nothing else", "[program]") {
    ::setenv("SHOP_TEST_WORD", "ours", 1);
    CHECK(in_sh("echo $SHOP_TEST_WORD")->output == "ours\n");
    const auto given =
        run_program({"env"}, {.environment = std::vector<std::string>{"A=1", "B=2"}});
    REQUIRE(given);
    CHECK(given->output == "A=1\nB=2\n");
    const auto none = run_program({"env"}, {.environment = std::vector<std::string>{}});
    REQUIRE(none);
    CHECK(none->output.empty());
    ::unsetenv("SHOP_TEST_WORD");
}

TEST_CASE("program: one that is asked to stop is gone soon", "[program]") {
    std::stop_source source;
    source.request_stop();
    const auto stopped = in_sh("sleep 600", {.deadline = 600s, .stop = source.get_token()});
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == Code::unavailable);
    CHECK(in_sh("exit 0", {.stop = std::stop_source().get_token()})->good());
}
