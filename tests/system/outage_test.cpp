// A service is down: what the others can do without it goes on. It is stopped rather than killed,
// since a killed one is started again at once.
#include <csignal>

#include "support/running_shop.hpp"

using namespace shop;

namespace {

// Stopped for as long as it lives.
class Stopped {
public:
    explicit Stopped(pid_t pid) : pid_(pid) { REQUIRE(::kill(pid_, SIGSTOP) == 0); }
    ~Stopped() { ::kill(pid_, SIGCONT); }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;

private:
    pid_t pid_;
};

void open_shop(const test::RunningShop& shop) {
    shop.ok({"product", "create", "OUT-1", "--name", "Lamp", "--price", "5", "--stock", "20"});
    shop.customer("ada");
}

}  // namespace

TEST_CASE("outage: without userd, whoever is signed in goes on buying") {
    const test::RunningShop shop;
    open_shop(shop);
    {
        const Stopped userd(shop.pid_of("userd"));
        shop.json_as("ada", {"cart", "add", "OUT-1", "2"});
        CHECK(shop.json_as("ada", {"order", "create"})["state"] == "placed");
        CHECK(shop.json_as("ada", {"order", "list"}).size() == 1);
        shop.ok({"stock", "add", "OUT-1", "1"});
        CHECK(shop.ctl({"--timeout", "1", "login", "ada"}, "x\n").exit_code == 6);
        CHECK(shop.ctl({"health"}).exit_code == 6);
    }
    shop.ok({"--context", "ada", "whoami"});
    CHECK(shop.ctl({"health"}).exit_code == 0);
}

TEST_CASE("outage: without productd carts and orders are read, and checkout says what is down") {
    const test::RunningShop shop;
    open_shop(shop);
    shop.json_as("ada", {"cart", "add", "OUT-1"});
    shop.json_as("ada", {"order", "create"});
    shop.json_as("ada", {"cart", "add", "OUT-1", "3"});
    {
        const Stopped productd(shop.pid_of("productd"));
        CHECK(shop.json_as("ada", {"cart", "get"})["lines"][0]["quantity"] == 3);
        CHECK(shop.json_as("ada", {"order", "list"}).size() == 1);
        CHECK(shop.json_as("ada", {"order", "get", "1"})["state"] == "placed");
        const auto refused = shop.as("ada", {"--timeout", "3", "order", "create"});
        CHECK(refused.exit_code == 6);
        CHECK_THAT(refused.err, Catch::Contains("productd"));
        CHECK(shop.json_as("ada", {"cart", "get"})["lines"][0]["quantity"] == 3);
    }
    shop.ok({"product", "get", "OUT-1"});
    // A checkout that the outage left half done is finished or given back first.
    REQUIRE(test::eventually(
        [&] {
            return shop.json({"order", "list", "--state", "pending"}).empty() &&
                   shop.json({"stock", "get", "OUT-1"})["reserved"] == 0;
        },
        std::chrono::seconds(60)));
    const Json cart = shop.json_as("ada", {"cart", "get"});
    if (!cart["lines"].empty())
        CHECK(shop.json_as("ada", {"order", "create"})["state"] == "placed");
    CHECK(shop.json_as("ada", {"order", "list", "--state", "placed"}).size() == 2);
    CHECK(shop.ok({"stock", "get", "OUT-1", "-o", "name"}) == "16\n");
}
