// Help, man pages and completion: made from one tree, complete for every command.
#include "base/file.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "support/running_shop.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> out;
    for (const auto word : split(line, ' ')) out.emplace_back(word);
    return out;
}

test::Outcome shopctl(const std::vector<std::string>& words) {
    return test::run(test::binary("shopctl"), {words});
}

bool installed(const std::string& program) {
    return test::run("sh", {{"-c", "command -v " + program}}).exit_code == 0;
}

std::string completion(const std::string& shell) {
    const auto outcome = shopctl({"completion", shell});
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
}

// What bash offers for these words; the last one is being typed.
std::vector<std::string> bash_offers(const std::string& words) {
    const auto count = words_of(words).size();
    const std::string script = completion("bash") + "\nCOMP_WORDS=(" + words + ")\n" +
                               "[ ${#COMP_WORDS[@]} -lt " + std::to_string(count) +
                               " ] && COMP_WORDS+=('')\nCOMP_CWORD=" + std::to_string(count - 1) +
                               "\n_shopctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    const auto outcome = test::run("bash", {{"-c", script}});
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
    std::vector<std::string> lines;
    for (const auto line : split(outcome.out, '\n'))
        if (!line.empty()) lines.emplace_back(line);
    return lines;
}

}  // namespace

TEST_CASE("prose: every command has a page with examples, and its help shows them") {
    for (const auto& command : cli::all_commands()) {
        INFO(command.name);
        CHECK_THAT(std::string(cli::prose_of(command.name)), Catch::Contains("## Examples"));
        const std::string examples = cli::examples_of(command.name);
        CHECK_THAT(examples, Catch::Contains("shopctl " + command.name) ||
                                 Catch::Contains(" " + command.name));
        auto words = words_of(command.name);
        words.emplace_back("--help");
        const auto help = shopctl(words);
        CHECK(help.exit_code == 0);
        CHECK(help.err.empty());
        CHECK_THAT(help.out, Catch::Contains(examples) && Catch::Contains(command.summary));
    }
}

TEST_CASE("help: shopctl alone tells its commands on stderr and exits with 2") {
    const auto outcome = shopctl({});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK(!outcome.err.empty());
    const auto help = shopctl({"--help"});
    CHECK(help.exit_code == 0);
    for (const auto& command : cli::all_commands())
        CHECK_THAT(help.out, Catch::Contains("  " + words_of(command.name).front()));
}

TEST_CASE("man: every command has a page, and each renders without a warning") {
    const test::TempFolder folder;
    REQUIRE(shopctl({"man", folder.path().string()}).exit_code == 0);
    for (const auto& command : cli::all_commands()) {
        std::string name = command.name;
        std::ranges::replace(name, ' ', '-');
        INFO(name);
        const auto page = read_file(folder.path() / ("shopctl-" + name + ".1"));
        REQUIRE(page);
        CHECK_THAT(*page, Catch::Contains(".SH EXAMPLES"));
    }
    if (!installed("man")) {
        WARN("man is not installed: the pages were not rendered");
        return;
    }
    std::size_t pages = 0;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        const auto rendered = test::run(
            "man", {{"--warnings", "-E", "UTF-8", "-l", "-Tutf8", entry.path().string()}});
        INFO(entry.path());
        CHECK(rendered.exit_code == 0);
        CHECK(rendered.err.empty());
        CHECK_THAT(rendered.out, Catch::StartsWith(entry.path().stem().string() + "(1)"));
        ++pages;
    }
    CHECK(pages == cli::all_commands().size() + 1);
}

TEST_CASE("completion: each shell takes its script") {
    const test::TempFolder folder;
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const auto script = folder.path() / shell;
        REQUIRE(write_file(script, completion(shell), 0600));
        if (!installed(shell)) {
            WARN(shell << " is not installed: its script was not checked");
            continue;
        }
        const auto checked = test::run(shell, {{"-n", script.string()}});
        INFO(shell << "\n" << checked.err);
        CHECK(checked.exit_code == 0);
        CHECK(checked.err.empty());
    }
    CHECK(shopctl({"completion", "tcsh"}).exit_code == 2);
}

TEST_CASE("completion: bash offers nouns, verbs and options where they can stand") {
    CHECK(bash_offers("shopctl prod") == std::vector<std::string>{"product"});
    CHECK(bash_offers("shopctl product li") == std::vector<std::string>{"list"});
    CHECK(bash_offers("shopctl products li") == std::vector<std::string>{"list"});
    CHECK(bash_offers("shopctl product import file.csv --on") ==
          std::vector<std::string>{"--on-duplicate"});
    CHECK(bash_offers("shopctl order list --stat") == std::vector<std::string>{"--state"});
    CHECK(bash_offers("shopctl order get --outp") == std::vector<std::string>{"--output"});
    CHECK(bash_offers("shopctl nonsense zzz").empty());
    const auto verbs = bash_offers("shopctl stock ''");
    for (const char* verb : {"get", "list", "add", "set"})
        CHECK_THAT(verbs, Catch::VectorContains(std::string(verb)));
}

TEST_CASE("completion: the scripts of all shells know every command") {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const std::string script = completion(shell);
        for (const auto& command : cli::all_commands()) {
            INFO(shell << ": " << command.name);
            const auto words = words_of(command.name);
            CHECK_THAT(script, Catch::Contains(shell == "fish" ? "-a " + words.back() + " -d"
                                                               : "'" + command.name + "'"));
        }
    }
}
