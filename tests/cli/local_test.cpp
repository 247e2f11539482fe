// A shop on this machine: up, down, and what goes wrong in between.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "base/file.hpp"
#include "support/running_shop.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// Something that listens on a port of loopback.
class Listener {
public:
    explicit Listener(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const void* generic = &address;
        REQUIRE(::bind(fd_, static_cast<const sockaddr*>(generic), sizeof address) == 0);
        REQUIRE(::listen(fd_, 1) == 0);
    }
    ~Listener() { ::close(fd_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

private:
    int fd_;
};

struct Place {
    test::TempFolder folder;
    std::map<std::string, std::string> environment = {
        {"HOME", folder.path().string()},
        {"SHOPCTL_CONFIG", (folder.path() / "config.json").string()},
        {"XDG_DATA_HOME", ""},
        {"SHOP_USERD_PASSWORD_MEMORY_MIB", "8"},
        {"SHOP_USERD_PASSWORD_PASSES", "1"}};
    std::string data = (folder.path() / "data").string();

    test::ProcessOptions up(int port_base, std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {"up", "--data", data, "--port-base",
                                          std::to_string(port_base)};
        words.insert(words.end(), more.begin(), more.end());
        return {words, environment};
    }
};

// A zombie that nobody has waited for yet is dead.
bool alive(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return stat && stat->find(") Z ") == std::string::npos;
}

}  // namespace

TEST_CASE("up: a taken port is said with the remedy, and nothing is left running") {
    const Place place;
    const int base = test::free_port_base();
    const Listener taken(base + 3);
    for (const bool detached : {true, false}) {
        const auto options = place.up(
            base, detached ? std::vector<std::string>{"--detach"} : std::vector<std::string>{});
        const auto outcome = test::run(test::binary("shopctl"), options);
        CHECK(outcome.exit_code == 5);
        CHECK_THAT(outcome.err, Catch::Contains("Port " + std::to_string(base + 3) + " is taken") &&
                                    Catch::Contains("--port-base"));
        CHECK(!fs::exists(fs::path(place.data) / "shop.json"));
        CHECK(fs::is_empty(fs::path(place.data) / "log"));
    }
}

TEST_CASE("up: a daemon that can't start ends the shop, and its log is named") {
    Place place;
    place.environment["SHOP_ORDERD_WORKERS"] = "many";
    const auto outcome =
        test::run(test::binary("shopctl"), place.up(test::free_port_base(), {"--detach"}));
    CHECK(outcome.exit_code == 6);
    CHECK_THAT(outcome.err, Catch::Contains("orderd") && Catch::Contains("orderd.log"));
    const auto log = read_file(fs::path(place.data) / "log/orderd.log");
    REQUIRE(log);
    CHECK_THAT(*log, Catch::Contains("--workers"));
    CHECK(!fs::exists(fs::path(place.data) / "shop.json"));
}

TEST_CASE("up: a second shop in one folder is refused, and the first goes on") {
    const auto& shop = test::shared_shop();
    const auto second = shop.ctl({"up", "--detach", "--data", shop.data_dir().string(),
                                  "--port-base", std::to_string(test::free_port_base())});
    CHECK(second.exit_code == 5);
    CHECK_THAT(second.err, Catch::Contains("runs in") && Catch::Contains("shopctl down"));
    shop.ok({"health"});
}

TEST_CASE("up: in the foreground it serves until SIGINT, then drains and exits with 0") {
    const Place place;
    test::Process up(test::binary("shopctl"), place.up(test::free_port_base()));
    const auto state = fs::path(place.data) / "shop.json";
    const test::ProcessOptions health{{"health"}, place.environment};
    REQUIRE(test::eventually([&] {
        return fs::exists(place.folder.path() / "config.json") &&
               test::run(test::binary("shopctl"), health).exit_code == 0;
    }));
    up.signal(SIGINT);
    const auto outcome = up.wait();
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Catch::Contains("Ctrl-C ends it") && Catch::Contains("is down"));
    CHECK(!fs::exists(state));
}

TEST_CASE("down: all processes are gone, and the folder may be used again") {
    const test::RunningShop shop;
    std::vector<pid_t> pids;
    for (const char* service : {"userd", "productd", "orderd"})
        pids.push_back(shop.pid_of(service));
    const std::string data = shop.data_dir().string();
    shop.ok({"down", "--data", data});
    for (const pid_t pid : pids) CHECK(!alive(pid));
    CHECK(shop.ctl({"status", "--data", data}).exit_code == 3);
    shop.ok({"up", "--detach", "--data", data, "--port-base", std::to_string(shop.port_base())});
    shop.ok({"whoami"});
}

TEST_CASE("up: a daemon that is killed is started again, and sales go on") {
    const test::RunningShop shop;
    shop.ok({"product", "create", "KILL", "--name", "Kill", "--price", "1", "--stock", "10"});
    shop.customer("kim");
    for (const std::string service : {"orderd", "productd", "userd"}) {
        const pid_t before = shop.pid_of(service);
        REQUIRE(::kill(before, SIGKILL) == 0);
        REQUIRE(test::eventually([&] {
            const pid_t now = shop.pid_of(service);
            return now != before && now != 0;
        }));
        INFO(service);
        const auto added = shop.as("kim", {"cart", "add", "KILL"});
        INFO(added.err);
        CHECK(added.exit_code == 0);
        CHECK(shop.json_as("kim", {"order", "create"})["state"] == "placed");
    }
    CHECK(shop.ok({"stock", "get", "KILL", "-o", "name"}) == "7\n");
    CHECK(test::eventually([&] { return shop.ctl({"health"}).exit_code == 0; }));
}

TEST_CASE("up: the daemons do not outlive a supervisor that was killed") {
    const test::RunningShop shop;
    const auto state = Json::parse(*read_file(shop.data_dir() / "shop.json"));
    REQUIRE(::kill(state["pid"].get<pid_t>(), SIGKILL) == 0);
    for (const Json& service : state["services"])
        CHECK(test::eventually([&] { return !alive(service["pid"].get<pid_t>()); }));
    // The stale state file counts as none.
    shop.ok({"up", "--detach", "--data", shop.data_dir().string(), "--port-base",
             std::to_string(shop.port_base())});
    shop.ok({"whoami"});
}
