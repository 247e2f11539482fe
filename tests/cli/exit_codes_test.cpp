// Scripts depend on the exit codes: each of them by a situation that really gives it.
#include "support/running_shop.hpp"

using namespace shop;

namespace {

const test::RunningShop& the_shop() { return test::shared_shop(); }

// The exit code; the message for people must be there and hold `words`.
int code_of(const std::vector<std::string>& arguments, const std::string& words) {
    const auto outcome = the_shop().ctl(arguments);
    INFO(outcome.err);
    CHECK_THAT(outcome.err, Catch::Contains(words, Catch::CaseSensitive::No));
    return outcome.exit_code;
}

}  // namespace

TEST_CASE("exit code 0: done") { CHECK(code_of({"product", "list", "--all"}, "") == 0); }

TEST_CASE("exit code 1: the input is bad") {
    CHECK(code_of({"product", "create", "E-1", "--name", "x", "--price", "2.999"}, "amount") == 1);
    CHECK(code_of({"product", "update", "E-1"}, "no") == 3);
    CHECK(code_of({"user", "update", "me"}, "nothing to change") == 1);
}

TEST_CASE("exit code 2: the command line is wrong") {
    CHECK(code_of({"product", "lists"}, "lists") == 2);
    CHECK(code_of({"product"}, "subcommand") == 2);
    CHECK(code_of({"product", "list", "--limit", "many"}, "--limit") == 2);
    CHECK(code_of({"product", "get"}, "product") == 2);
    CHECK(code_of({"product", "list", "--nonsense"}, "--nonsense") == 2);
    CHECK(code_of({"user", "update", "me", "--activate", "--deactivate"}, "excludes") == 2);
}

TEST_CASE("exit code 3: it is not there") {
    CHECK(code_of({"product", "get", "NONE"}, "product") == 3);
    CHECK(code_of({"order", "get", "999999"}, "order") == 3);
    CHECK(code_of({"user", "get", "nobody"}, "") == 3);
    CHECK(code_of({"explain", "Nonsense"}, "Known are") == 3);
    CHECK(code_of({"--context", "none", "whoami"}, "context list") == 3);
    CHECK(code_of({"status", "--data", (the_shop().folder() / "none").string()}, "shopctl up") ==
          3);
    CHECK(code_of({"down", "--data", (the_shop().folder() / "none").string()}, "No shop runs") ==
          3);
    CHECK(code_of({"product", "import", "/nonexistent.csv"}, "nonexistent") == 3);
}

TEST_CASE("exit code 4: who asks may not") {
    the_shop().customer("ed");
    CHECK(code_of({"--context", "ed", "product", "create", "E-2", "--name", "x", "--price", "1"},
                  "") == 4);
    CHECK(code_of({"--context", "ed", "user", "list"}, "") == 4);
    CHECK(code_of({"--context", "ed", "event", "list"}, "") == 4);
    CHECK(the_shop().ctl({"login", "ed"}, "wrong password\n").exit_code == 4);
    the_shop().ok({"--context", "ed", "logout"});
    CHECK(code_of({"--context", "ed", "whoami"}, "shopctl login") == 4);
}

TEST_CASE("exit code 5: it conflicts with what is there") {
    the_shop().ok({"product", "create", "E-3", "--name", "Three", "--price", "1", "--stock", "2"});
    CHECK(code_of({"product", "create", "E-3", "--name", "x", "--price", "1"}, "E-3") == 5);
    CHECK(code_of({"cart", "add", "E-3", "3"}, "2") == 5);
    CHECK(code_of({"stock", "add", "E-3", "--", "-3"}, "") == 5);
    CHECK(code_of({"order", "create"}, "cart") == 5);
}

TEST_CASE("exit code 6: a service does not answer") {
    the_shop().ok({"context", "set", "dead", "--users-url", "http://127.0.0.1:1", "--products-url",
                   "http://127.0.0.1:1", "--orders-url", "http://127.0.0.1:1"});
    CHECK(code_of({"--context", "dead", "--timeout", "0.3", "product", "list"}, "127.0.0.1:1") ==
          6);
    CHECK(code_of({"--context", "dead", "health"}, "") == 6);
}
