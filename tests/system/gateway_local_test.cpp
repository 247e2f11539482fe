// `shopctl up --gateway` and `shopctl gateway check`.
#include <csignal>

#include "base/file.hpp"
#include "http/tls_self_signed.hpp"
#include "system/gateway_rig.hpp"

using namespace shop;

namespace {

// A shop of the real binaries with its gateway, and a context that knows the gateway alone.
struct ShopWithGateway {
    test::RunningShop shop;
    std::string port = std::to_string(shop.port_base() + 5);
    std::string url = "https://localhost:" + port;
    test::Trust trust{shop.data_dir() / "gateway/localhost.crt"};

    ShopWithGateway() {
        shop.ok({"down", "--data", shop.data_dir()});
        shop.ok({"up", "--detach", "--data", shop.data_dir(), "--port-base",
                 std::to_string(shop.port_base()), "--gateway", "--gateway-port", port});
        shop.ok({"context", "set", "away", "--users-url", url, "--products-url", url,
                 "--orders-url", url});
    }
};

test::Outcome check(const std::filesystem::path& certificate, const std::filesystem::path& folder) {
    const std::string url = "http://127.0.0.1:5001";
    return test::run(test::binary("shopctl"),
                     {{"gateway", "check", "--certificate", certificate, "--keys-dir", folder,
                       "--runtime-socket", folder / "runtime.sock", "--users-url", url,
                       "--products-url", url, "--orders-url", url}});
}

}  // namespace

TEST_CASE("gateway: a purchase goes through that of a local shop, which comes back when killed") {
    const ShopWithGateway with;
    const auto& shop = with.shop;
    shop.ok({"product", "create", "TEA-1", "--name", "Tea", "--price", "12.75", "--stock", "10"});
    const std::string password = std::string(test::kPassword) + "\n";
    shop.ok({"--context", "away", "user", "create", "ada", "--email", "ada@example.org"}, password);
    shop.ok({"--context", "away", "login", "ada"}, password);
    shop.json_as("away", {"cart", "add", "TEA-1", "3"});
    const Json order = shop.json_as("away", {"order", "create"});
    CHECK(order["state"] == "placed");
    CHECK(order["username"] == "ada");
    CHECK(shop.json({"stock", "get", "TEA-1"})["available"] == 7);

    const auto pid_of_gateway = [&] {
        const auto told =
            test::tell_haproxy(with.shop.data_dir() / "gateway/runtime.sock", "show info");
        const auto at = told.find("\nPid: ");
        return at == std::string::npos ? 0 : std::stoi(told.substr(at + 6));
    };
    const pid_t first = pid_of_gateway();
    REQUIRE(first > 0);
    ::kill(first, SIGKILL);
    CHECK(test::eventually([&] {
        const pid_t now = pid_of_gateway();
        return now > 0 && now != first;
    }));
    CHECK(shop.json_as("away", {"order", "list"}).size() == 1);
    shop.ok({"down", "--data", shop.data_dir()});
    CHECK(pid_of_gateway() == 0);
    shop.ok({"up", "--detach", "--data", shop.data_dir(), "--port-base",
             std::to_string(shop.port_base())});
}

TEST_CASE("gateway: services of a local shop see the client's address, and believe nobody else") {
    const ShopWithGateway with;
    const auto ask = [&](const std::string& from, const std::string& url) {
        const auto asked = test::run(
            "/usr/bin/curl",
            {{"--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time",
              "10", "--cacert", with.shop.data_dir() / "gateway/localhost.crt", "--interface", from,
              "--header", "X-Forwarded-For: 6.6.6.6", url}});
        CHECK(asked.out == "404");
    };
    ask("127.0.0.2", with.url + "/v1/products/through");
    ask("127.0.0.3", with.shop.url("productd") + "/v1/products/directly");
    const auto address_of = [&](const std::string& path) {
        const std::string log = read_file(with.shop.data_dir() / "log/productd.log").value_or("");
        const auto at = log.find(path);
        if (at == std::string::npos) return std::string("not logged");
        const auto line = log.rfind('\n', at) + 1;
        return Json::parse(log.substr(line, log.find('\n', at) - line))["address"]
            .get<std::string>();
    };
    CHECK(address_of("/v1/products/through") == "127.0.0.2");
    CHECK(address_of("/v1/products/directly") == "127.0.0.3");
    const auto socket = with.shop.data_dir() / "gateway/productd.sock";
    CHECK(std::filesystem::is_socket(socket));
    CHECK((std::filesystem::status(socket.parent_path()).permissions() &
           std::filesystem::perms::mask) == std::filesystem::perms(0700));
}

TEST_CASE("gateway check: says what is wrong with a certificate or an option") {
    const test::TempFolder folder;
    REQUIRE(auth::ensure_keys(folder.path(), "userd"));
    const auto certificate = folder.path() / "shop.crt", key = folder.path() / "shop.key";
    const auto make = [&](int days_ago) {
        REQUIRE(http::make_self_signed(certificate, key,
                                       system_clock().now() - std::chrono::days(days_ago)));
    };
    make(1);
    const auto good = check(certificate, folder.path());
    CHECK(good.exit_code == 0);
    CHECK_THAT(good.err, Catch::Contains("HAProxy takes this configuration"));
    CHECK_THAT(good.err, !Catch::Contains("Warning"));
    make(390);
    const auto soon = check(certificate, folder.path());
    CHECK(soon.exit_code == 0);
    CHECK_THAT(soon.err, Catch::Contains("Warning") && Catch::Contains("ends on"));
    make(400);
    const auto over = check(certificate, folder.path());
    CHECK(over.exit_code != 0);
    CHECK_THAT(over.err, Catch::Contains("is over since"));
    make(1);
    REQUIRE(http::make_self_signed(folder.path() / "other.crt", key, system_clock().now()));
    const auto misfit = check(certificate, folder.path());
    CHECK(misfit.exit_code != 0);
    CHECK_THAT(misfit.err, Catch::Contains("shop.key"));
    make(1);
    const auto spoilt = check(folder.path() / "a\n    b.crt", folder.path());
    CHECK(spoilt.exit_code != 0);
    CHECK_THAT(spoilt.err, Catch::Contains("--certificate"));
    std::filesystem::remove(folder.path() / "userd.pub");
    const auto keyless = check(certificate, folder.path());
    CHECK(keyless.exit_code != 0);
    CHECK_THAT(keyless.err, Catch::Contains("userd.pub"));
}
