// The second factor as a person sets it up: at a terminal with a QR code, in a script with files.
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <regex>

#include "auth/totp.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

std::string code_now(const std::string& secret, int steps = 0) {
    return auth::totp_code(secret, auth::totp_step(system_clock().now()) + steps);
}

// shopctl at a pseudo-terminal.
class Terminal {
public:
    Terminal(const test::RunningShop& shop, const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& more = {}) {
        const std::string program = test::binary("shopctl").string();
        winsize size{60, 120, 0, 0};
        pid_ = ::forkpty(&fd_, nullptr, nullptr, &size);
        REQUIRE(pid_ >= 0);
        if (pid_ > 0) return;
        for (const auto* variables : {&shop.environment(), &more})
            for (const auto& [name, value] : *variables)
                value.empty() ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value.c_str(), 1);
        std::vector<char*> argv{const_cast<char*>(program.c_str())};
        for (const auto& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        ::execv(program.c_str(), argv.data());
        ::_exit(127);
    }
    ~Terminal() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            finish();
        }
        ::close(fd_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    // What was shown, once it holds `words` (or at the end, or after a minute without).
    std::string until(const std::string& words) {
        while (shown_.find(words) == std::string::npos) {
            pollfd ready{fd_, POLLIN, 0};
            char bytes[4096];
            if (::poll(&ready, 1, 60'000) != 1) break;
            const ssize_t count = ::read(fd_, bytes, sizeof(bytes));
            if (count <= 0) break;
            shown_.append(bytes, static_cast<std::size_t>(count));
        }
        return shown_;
    }
    void type(const std::string& line) {
        REQUIRE(::write(fd_, (line + "\n").c_str(), line.size() + 1) ==
                static_cast<ssize_t>(line.size()) + 1);
    }
    // The exit code.
    int finish() {
        int status = 0;
        ::waitpid(std::exchange(pid_, 0), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = 0;
    int fd_ = -1;
    std::string shown_;
};

std::string secret_in(const std::string& shown) {
    std::smatch match;
    REQUIRE(std::regex_search(shown, match, std::regex("\n    ([A-Z2-7]{32})\r?\n")));
    return match[1];
}

}  // namespace

TEST_CASE("second-factor: at a terminal, by QR code or typed, and back again") {
    const auto& shop = test::shared_shop();
    shop.customer("tia");
    std::string secret;
    {
        Terminal terminal(shop, {"--context", "tia", "second-factor", "enable"},
                          {{"TERM", "xterm"}});
        CHECK_THAT(terminal.until("Your password: "), Catch::Contains("Your password: "));
        terminal.type(test::kPassword);
        const std::string shown = terminal.until("recovery code: ");
        CHECK_THAT(shown, Catch::Contains("▀") && Catch::Contains("\033[38;5;231;48;5;16m"));
        CHECK(shown.find(test::kPassword) == std::string::npos);
        secret = secret_in(shown);
        terminal.type(code_now(secret));
        CHECK_THAT(terminal.until("no such words"),
                   Catch::Contains("The second factor is on.") && Catch::Contains("RECOVERY_CODE"));
        CHECK(terminal.finish() == 0);
    }
    CHECK(shop.json_as("tia", {"second-factor", "status"})["recovery_codes_left"] == 10);
    {
        Terminal terminal(shop, {"--context", "tia", "login", "tia"});
        terminal.until("Password for tia: ");
        terminal.type(test::kPassword);
        CHECK_THAT(terminal.until("recovery code: "), Catch::Contains("authenticator app"));
        terminal.type(code_now(secret, 1));
        CHECK_THAT(terminal.until("no such words"), Catch::Contains("Signed in as tia"));
        CHECK(terminal.finish() == 0);
    }
}

TEST_CASE("second-factor: without colours, and not drawn at all, as the terminal wants") {
    const auto& shop = test::shared_shop();
    shop.customer("tom");
    const auto shown = [&](const std::map<std::string, std::string>& more) {
        Terminal terminal(shop, {"--context", "tom", "second-factor", "enable"}, more);
        terminal.until("Your password: ");
        terminal.type(test::kPassword);
        std::string all = terminal.until("recovery code: ");
        secret_in(all);
        terminal.type("");
        return all;
    };
    const std::string plain = shown({{"TERM", "xterm"}, {"NO_COLOR", "1"}});
    CHECK_THAT(plain, Catch::Contains("▀") && !Catch::Contains("\033["));
    const std::string dumb = shown({{"TERM", "dumb"}});
    CHECK_THAT(dumb, !Catch::Contains("▀") && !Catch::Contains("\033["));
}

TEST_CASE("second-factor: in a script, by standard input and files") {
    const auto& shop = test::shared_shop();
    shop.customer("tess");
    const std::string password = std::string(test::kPassword) + "\n";
    const auto tess = [&](std::vector<std::string> words, const std::string& input = "") {
        words.insert(words.begin(), {"--context", "tess", "-o", "json"});
        return shop.ctl(std::move(words), input);
    };
    const auto made = tess({"second-factor", "enable"}, password);
    REQUIRE(made.exit_code == 0);
    CHECK_THAT(made.err, Catch::Contains("second-factor confirm"));
    const std::string secret = Json::parse(made.out)["secret"];
    CHECK(tess({"second-factor", "confirm"}, "000000\n").exit_code == 1);
    const auto file = (shop.folder() / "code").string();
    REQUIRE(write_file(file, code_now(secret) + "\n", 0600));
    const auto on = tess({"second-factor", "confirm", "--code-file", file});
    INFO(on.err);
    REQUIRE(on.exit_code == 0);
    const Json codes = Json::parse(on.out);
    REQUIRE(codes.size() == 10);

    CHECK(tess({"login", "tess"}, password).exit_code != 0);
    CHECK(tess({"login", "tess"}, password + "000000\n").exit_code == 4);
    CHECK(
        tess({"login", "tess"}, password + codes[0]["code"].get<std::string>() + "\n").exit_code ==
        0);
    REQUIRE(write_file(file, codes[1]["code"].get<std::string>(), 0600));
    CHECK(tess({"login", "tess", "--code-file", file}, password).exit_code == 0);
    CHECK(tess({"login", "tess", "--code-file", file}, password).exit_code == 4);

    const auto fresh =
        tess({"second-factor", "recovery-codes"}, codes[2]["code"].get<std::string>());
    REQUIRE(fresh.exit_code == 0);
    CHECK(tess({"second-factor", "disable"}, codes[3]["code"].get<std::string>()).exit_code == 1);
    const std::string good = Json::parse(fresh.out)[0]["code"];
    CHECK(tess({"second-factor", "disable"}, good).exit_code == 0);
    CHECK(tess({"login", "tess"}, password).exit_code == 0);
}

TEST_CASE("second-factor: an administrator takes it off; a code is no argument") {
    const auto& shop = test::shared_shop();
    shop.customer("tina");
    const auto made = shop.ctl({"--context", "tina", "-o", "json", "second-factor", "enable"},
                               std::string(test::kPassword) + "\n");
    const std::string secret = Json::parse(made.out)["secret"];
    REQUIRE(shop.ctl({"--context", "tina", "second-factor", "confirm"}, code_now(secret) + "\n")
                .exit_code == 0);
    CHECK(shop.ctl({"--context", "tina", "second-factor", "disable", code_now(secret, 1)})
              .exit_code == 2);
    CHECK(shop.ctl({"user", "reset-second-factor", "tina"}).exit_code == 5);  // nobody to ask
    shop.ok({"user", "reset-second-factor", "tina", "--yes"});
    CHECK(shop.as("tina", {"whoami"}).exit_code == 4);
    shop.ok({"--context", "tina", "login", "tina"}, std::string(test::kPassword) + "\n");
}
