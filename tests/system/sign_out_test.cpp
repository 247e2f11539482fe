// Whoever signed out is refused by every service, not by userd alone; and without userd, tokens go
// on until they end.
#include <csignal>

#include "support/running_shop.hpp"

using namespace shop;

namespace {

using Target = std::pair<const char*, const char*>;
constexpr Target kTargets[] = {{"orderd", "/v1/cart"}, {"productd", "/v1/products"}};

// Twice what is promised: a machine may be slow.
constexpr std::chrono::seconds kWithin{4};

int status(const test::RunningShop& shop, const Target& target, const std::string& token) {
    return shop.send(target.first, "GET", target.second, {{"authorization", "Bearer " + token}})
        .status;
}

// Looks at the token before as well: what is refused must have been good, and remembered as such.
struct Holder {
    const test::RunningShop& shop;
    std::string token;

    Holder(const test::RunningShop& where, std::string bearer)
        : shop(where), token(std::move(bearer)) {
        for (const auto& target : kTargets) CHECK(status(shop, target, token) == 200);
    }
    bool works() const {
        return std::ranges::all_of(
            kTargets, [&](const Target& target) { return status(shop, target, token) == 200; });
    }
    bool refused(std::chrono::seconds within = kWithin) const {
        return std::ranges::all_of(kTargets, [&](const Target& target) {
            return test::eventually([&] { return status(shop, target, token) == 401; }, within);
        });
    }
};

http::Response ask_userd(const test::RunningShop& shop, const std::string& token,
                         const std::string& method, const std::string& target,
                         const std::string& body = "") {
    test::HeaderList headers{{"authorization", "Bearer " + token}};
    if (!body.empty()) headers.emplace_back("content-type", "application/json");
    return shop.send("userd", method, target, headers, body);
}

Holder sign_in(const test::RunningShop& shop, const std::string& name) {
    return {shop, shop.token(name, test::kPassword)};
}

}  // namespace

TEST_CASE("sign-out: however a session or key ends, every service refuses its token") {
    const auto& shop = test::shared_shop();
    static int sections = 0;
    const std::string name = "olga" + std::to_string(++sections);
    shop.customer(name);
    const Holder other = sign_in(shop, name);
    SECTION("signed out") {
        const Holder one = sign_in(shop, name);
        CHECK(ask_userd(shop, one.token, "DELETE", "/v1/sessions/current").status == 204);
        CHECK(one.refused());
        CHECK(other.works());
    }
    SECTION("all ended") {
        const Holder one = sign_in(shop, name);
        CHECK(ask_userd(shop, one.token, "DELETE", "/v1/sessions?others=true").status == 204);
        CHECK(other.refused());
        CHECK(one.works());
    }
    SECTION("a deleted key") {
        const auto made = ask_userd(shop, other.token, "POST", "/v1/api-keys",
                                    R"({"name":"n","scopes":["cart"]})");
        REQUIRE(made.status == 201);
        const Json key = Json::parse(made.body);
        const auto exchanged =
            shop.send("userd", "POST", "/v1/tokens", {{"content-type", "application/json"}},
                      Json{{"api_key", key["secret"]}}.dump());
        REQUIRE(exchanged.status == 201);
        const Holder job(shop, Json::parse(exchanged.body)["access_token"]);
        CHECK(
            ask_userd(shop, other.token, "DELETE", "/v1/api-keys/" + key.value("id", "")).status ==
            204);
        CHECK(job.refused());
        CHECK(other.works());
    }
    SECTION("another role") {
        shop.ok({"user", "update", name, "--role", "staff"});
        CHECK(other.refused());
    }
}

TEST_CASE("sign-out: without userd tokens go on, and afterwards what ends is refused again") {
    const test::RunningShop shop;
    shop.customer("olga");
    const Holder one = sign_in(shop, "olga");
    const Holder other = sign_in(shop, "olga");
    const auto followed = [&](const char* service) {
        const auto answer = shop.send(service, "GET", "/readyz");
        CHECK(answer.status == 200);
        return Json::parse(answer.body)["status"] == "ok";
    };
    const pid_t userd = shop.pid_of("userd");
    REQUIRE(::kill(userd, SIGSTOP) == 0);
    for (const auto& [service, target] : kTargets)
        CHECK(test::eventually([&] { return !followed(service); }));
    CHECK(one.works());
    REQUIRE(::kill(userd, SIGCONT) == 0);
    CHECK(ask_userd(shop, one.token, "DELETE", "/v1/sessions/current").status == 204);
    // It asks the less often the longer userd was silent.
    CHECK(one.refused(std::chrono::seconds(30)));
    CHECK(other.works());
    for (const auto& [service, target] : kTargets) CHECK(followed(service));
    // A service that starts anew has not forgotten.
    REQUIRE(::kill(shop.pid_of("productd"), SIGKILL) == 0);
    CHECK(test::eventually([&] {
        return shop.ctl({"product", "list"}).exit_code == 0 && shop.pid_of("productd") > 0;
    }));
    CHECK(one.refused(std::chrono::seconds(30)));
    CHECK(other.works());
}
