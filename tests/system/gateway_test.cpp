// The gateway: a real HAProxy with what `shopctl gateway render` writes, before replicas that tell
// what reached them.
#include "system/gateway_rig.hpp"

#include <thread>

#include "api/endpoint.hpp"
#include "gateway/routes.hpp"

using namespace shop;
using test::must_be_problem;

namespace {

struct Fixture {
    test::Replica users{"userd"}, products{"productd"}, orders{"orderd"};
    test::Gateway gateway;

    explicit Fixture(std::vector<std::string> options = {})
        : gateway({users.url()}, {products.url()}, {orders.url()}, std::move(options)) {}
    int calls() const { return users.calls() + products.calls() + orders.calls(); }
    std::string token(const std::string& user = auth::test::kUserId) const {
        auto who = gateway.house.ada();
        who.user_id = user;
        who.expires_at = system_clock().now() + std::chrono::minutes(10);
        const auto signer = auth::test::must(
            auth::Signer::open(gateway.house.folder.path(), "userd", system_clock()));
        return auth::test::must(signer->sign(who));
    }
    // What userd would claim, with a change.
    Json claims(const std::string& name = "sub", const Json& value = auth::test::kUserId) const {
        const auto now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
        Json out = gateway.house.claims();
        out["iat"] = now.time_since_epoch().count();
        out["exp"] = now.time_since_epoch().count() + 600;
        out[name] = value;
        return out;
    }
    std::string forge(const Json& claims, jwt_alg_t alg = JWT_ALG_ES256,
                      const std::string& key = "userd.key") const {
        return auth::test::forge(claims, alg, gateway.house.key(key));
    }
};

std::string example_of(std::string path) {
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
        path.replace(at, path.find('}') + 1 - at, "x");
    return path;
}

// The event feeds, audit logs, and work on stores.
bool of_several_services(const api::Endpoint& row) {
    return 1 < std::ranges::count_if(api::all_services(), [&](const auto* service) {
               return std::ranges::count(service->endpoints, row.path, &api::Endpoint::path) > 0;
           });
}

}  // namespace

TEST_CASE("gateway: every endpoint reaches its service or is refused, as the tables say") {
    const Fixture shop({"--sign-ins", "1000"});
    const cli::Tables tables(api::all_services().begin(), api::all_services().end());
    int through = 0, refused = 0, hidden = 0;
    for (const auto* service : tables) {
        for (const auto& row : service->endpoints) {
            const std::string path = example_of(row.path);
            INFO(row.method << " " << path);
            const int before = shop.calls();
            const auto answer = shop.gateway.send(row.method, path);
            const bool common =
                (row.style == api::Style::probe && !path.starts_with("/.well-known/")) ||
                of_several_services(row);
            if (common || cli::between_services(row.scope)) {
                must_be_problem(answer, common ? 404 : 403);
                CHECK(shop.calls() == before);
                ++(common ? hidden : refused);
            } else {
                REQUIRE(answer.status == 200);
                CHECK(Json::parse(answer.body)["replica"] == service->name);
                ++through;
            }
        }
    }
    CHECK(through > 30);
    CHECK(refused >= 6);
    CHECK(hidden >= 30);
}

TEST_CASE("gateway: what is no part of the API leads to the storefront, and health does not") {
    const test::Replica pages("storefrontd");
    const Fixture shop({"--storefront-url", pages.url()});
    const auto reached = [&](const std::string& method, const std::string& path) {
        const auto answer = shop.gateway.send(method, path);
        REQUIRE(answer.status == 200);
        return Json::parse(answer.body)["replica"] == "storefrontd";
    };
    for (const char* path :
         {"/", "/product/x", "/login", "/assets/style.css", "/admin", "/v1x", "/no-such-page"}) {
        INFO(path);
        CHECK(reached("GET", path));
    }
    CHECK(reached("POST", "/cart/add"));
    CHECK_FALSE(reached("GET", "/v1/products"));
    CHECK_FALSE(reached("GET", "/.well-known/jwks.json"));
    const int before = pages.calls();
    for (const char* path : {"/metrics", "/livez", "/readyz", "/version", "/openapi.json",
                             "/v1/nothing", "/v1", "/%6detrics", "/api/nothing"}) {
        INFO(path);
        must_be_problem(shop.gateway.send("GET", path), 404);
    }
    CHECK(pages.calls() == before);
}

TEST_CASE("gateway: signing in by a page counts as a sign-in, together with the API's") {
    const test::Replica pages("storefrontd");
    const Fixture shop({"--storefront-url", pages.url(), "--sign-ins", "3"});
    for (const char* path : {"/login", "/register"})
        CHECK(shop.gateway.send("POST", path).status == 200);
    CHECK(shop.gateway.send("POST", "/v1/sessions").status == 200);
    must_be_problem(shop.gateway.send("POST", "/login"), 429);
    must_be_problem(shop.gateway.send("POST", "/%6cogin"), 429);
    CHECK(shop.gateway.send("GET", "/login").status == 200);
    CHECK(pages.calls() == 3);
}

TEST_CASE("gateway: what the services have among themselves is refused in every spelling") {
    const Fixture shop;
    for (const char* path :
         {"/v1/sessions/introspect", "/v1/sessions/%69ntrospect", "/v1/%73essions/introspec%74"})
        must_be_problem(shop.gateway.send("POST", path), 403);
    must_be_problem(shop.gateway.send("PUT", "/v1/reservations/ord_1"), 403);
    CHECK(shop.gateway.send("HEAD", "/v1/reservations").status == 403);
    for (const char* path : {"/", "/v1", "/metrics", "/v1/productsx", "/v2/products"})
        must_be_problem(shop.gateway.send("GET", path), 404);
    CHECK(shop.calls() == 0);
}

TEST_CASE("gateway: only a token of userd's for a person passes, and no token passes") {
    const Fixture shop;
    CHECK(shop.gateway.send("GET", "/v1/products").status == 200);
    const std::string good = shop.token();
    CHECK(shop.gateway.with_token(good).status == 200);
    CHECK(shop.gateway.with_token(shop.forge(shop.claims())).status == 200);
    CHECK(shop.gateway.send("GET", "/v1/products", {{"authorization", "bearer  " + good}}).status ==
          200);
    CHECK(shop.gateway.send("GET", "/api/users", {{"authorization", "Basic 0123"}}).status == 200);
    const int before = shop.calls();
    std::string tampered = good;
    char& one = tampered[tampered.find('.') + 20];
    one = one == 'A' ? 'B' : 'A';
    const auto expired = shop.claims("exp", shop.claims()["iat"].get<std::int64_t>() - 1);
    for (const auto& token :
         {tampered, good.substr(0, good.size() - 1), std::string("x"), std::string(),
          shop.forge(shop.claims(), JWT_ALG_NONE), shop.forge(shop.claims(), JWT_ALG_HS256),
          shop.forge(shop.claims(), JWT_ALG_ES256, "orderd.key"), shop.forge(expired),
          shop.forge(shop.claims("aud", "another")), shop.forge(shop.claims("iss", "orderd")),
          shop.forge(shop.claims("sub", "userd"))}) {
        INFO(token);
        const auto answer = shop.gateway.with_token(token);
        must_be_problem(answer, 401);
        CHECK(answer.headers.get("www-authenticate") == "Bearer");
    }
    CHECK(shop.calls() == before);
}

TEST_CASE("gateway: a token is verified with the key that it names, and with no other") {
    const Fixture shop;
    const auto& folder = shop.gateway.house.folder.path();
    const auto keys = auth::signing_keys(folder, "userd").value();
    const auto named = [&](const std::string& kid, const char* file) {
        return auth::test::forge(shop.claims(), JWT_ALG_ES256, shop.gateway.house.key(file), "kid",
                                 kid);
    };
    const std::string current = keys.at(0).key.kid(), next = keys.at(1).key.kid();
    CHECK(shop.gateway.with_token(named(current, "userd.key")).status == 200);
    CHECK(shop.gateway.with_token(named(next, "userd.next.key")).status == 200);
    const auto orderd = auth::signing_keys(folder, "orderd").value().at(0).key.kid();
    const std::pair<std::string, const char*> wrong[] = {
        {next, "userd.key"}, {current, "userd.next.key"}, {orderd, "orderd.key"},
        {"", "userd.key"},   {"../userd", "userd.key"},   {current + ".pub", "userd.key"}};
    const int before = shop.calls();
    for (const auto& [kid, file] : wrong) {
        INFO(kid);
        must_be_problem(shop.gateway.with_token(named(kid, file)), 401);
    }
    // Without a name it is from before they had one, and so of the current key.
    must_be_problem(
        shop.gateway.with_token(shop.forge(shop.claims(), JWT_ALG_ES256, "userd.next.key")), 401);
    CHECK(shop.calls() == before);
}

TEST_CASE("gateway: who and where somebody is, is not for him to say") {
    const Fixture shop;
    const auto answer = shop.gateway.send("GET", "/v1/products",
                                          {{"x-forwarded-for", "6.6.6.6"},
                                           {"x-forwarded-host", "evil.example"},
                                           {"forwarded", "for=6.6.6.6"},
                                           {"x-real-ip", "6.6.6.6"},
                                           {"x-user", "admin"},
                                           {"x-user-id", "usr_1"},
                                           {"x-client-cert", "x"},
                                           {"x-request-id", "not one"},
                                           {"accept-language", "nl"}});
    const Json seen = Json::parse(answer.body)["headers"];
    CHECK(seen["x-forwarded-for"] == "127.0.0.1");
    CHECK(seen["x-forwarded-proto"] == "https");
    for (const char* name :
         {"x-forwarded-host", "forwarded", "x-real-ip", "x-user", "x-user-id", "x-client-cert"})
        CHECK_FALSE(seen.contains(name));
    CHECK(seen["x-request-id"].get<std::string>().size() == 36);
    CHECK(seen["accept-language"] == "nl");
    const auto named = shop.gateway.send("GET", "/v1/products", {{"x-request-id", "mine_1"}});
    CHECK(Json::parse(named.body)["headers"]["x-request-id"] == "mine_1");
}

TEST_CASE("gateway: requests that can be read in two ways are refused") {
    const Fixture shop;
    // Our own client does not send such paths.
    const auto as_it_is = [&](const std::string& path) {
        return test::run("/usr/bin/curl",
                         {{"-s", "-o", "/dev/null", "-w", "%{http_code} %{content_type}",
                           "--path-as-is", "--max-time", "10", "--cacert",
                           shop.gateway.certificate(), shop.gateway.url() + path}})
            .out;
    };
    for (const char* path :
         {"/v1/products/", "/v1//products", "/v1/./products", "/v1/../v1/products", "/v1/%2e%2E/x",
          "/v1/products/a%2fb", "/v1/products/a%5cb", "/v1/products/a%00", "/v1/products/%zz",
          "/v1/products/a%7f", "/v1/products/.."})
        CHECK(as_it_is(path) == "400 application/problem+json");
    CHECK(as_it_is("/v1/products/x") == "200 application/json");
    const auto twice = shop.gateway.send(
        "GET", "/v1/products", {{"authorization", "Basic a"}, {"authorization", "Basic b"}});
    must_be_problem(twice, 400);
    CHECK(shop.calls() == 1);
    CHECK(shop.gateway.send("GET", "/v1/products/caf%C3%A9?search=a%2fb").status == 200);
}

TEST_CASE("gateway: without TLS there is a redirect, and browsers are told to come with it") {
    const Fixture shop;
    const auto sent_on = shop.gateway.send_plain("/v1/products?limit=1");
    CHECK(sent_on.status == 308);
    CHECK(sent_on.headers.get("location") == shop.gateway.url() + "/v1/products?limit=1");
    for (const char* path : {"/v1/products", "/nothing"})
        CHECK(shop.gateway.send("GET", path).headers.get("strict-transport-security") ==
              "max-age=63072000");
    for (const char* path : {"/v1/products", "/nothing"}) {
        const auto headers = shop.gateway.send("GET", path).headers;
        CHECK(headers.get("x-content-type-options") == "nosniff");
        CHECK(headers.get("referrer-policy") == "no-referrer");
        CHECK(headers.get("content-security-policy") ==
              "default-src 'none'; frame-ancestors 'none'");
    }
    const auto curl = [&](std::vector<std::string> options) {
        options.insert(options.end(), {"-s", "-o", "/dev/null", "-w", "%{http_version}",
                                       "--max-time", "10", "--cacert", shop.gateway.certificate(),
                                       shop.gateway.url() + "/v1/products"});
        return test::run("/usr/bin/curl", {std::move(options)});
    };
    CHECK(curl({"--tlsv1.3"}).out == "2");
    CHECK(curl({"--tls-max", "1.2", "--http1.1"}).out == "1.1");
    CHECK(curl({"--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0"}).exit_code == 35);
}

TEST_CASE("gateway: an address, a user and a guesser of passwords are slowed down") {
    SECTION("an address") {
        const Fixture shop({"--address-requests", "5"});
        for (int i = 0; i < 5; ++i) CHECK(shop.gateway.send("GET", "/v1/products").status == 200);
        const auto answer = shop.gateway.send("GET", "/v1/products");
        must_be_problem(answer, 429);
        CHECK(answer.headers.get("retry-after") == "10");
    }
    SECTION("a user, and no other") {
        const Fixture shop({"--subject-requests", "3"});
        const std::string ada = shop.token(),
                          bob = shop.token("usr_0193a5e0c4b77000800000000000000b");
        for (int i = 0; i < 3; ++i) CHECK(shop.gateway.with_token(ada).status == 200);
        must_be_problem(shop.gateway.with_token(ada), 429);
        CHECK(shop.gateway.with_token(bob).status == 200);
    }
    SECTION("sign-ins, in every spelling, and nothing else") {
        const Fixture shop({"--sign-ins", "2"});
        CHECK(shop.gateway.send("POST", "/v1/sessions", {}, "{}").status == 200);
        CHECK(shop.gateway.send("POST", "/v1/%73essions", {}, "{}").status == 200);
        const auto answer = shop.gateway.send("POST", "/api/user/login", {}, "x");
        must_be_problem(answer, 429);
        CHECK(answer.headers.get("retry-after") == "60");
        CHECK(shop.users.calls() == 2);
        CHECK(shop.gateway.send("POST", "/v1/sessions/refresh", {}, "{}").status == 200);
        CHECK(shop.gateway.send("GET", "/v1/users").status == 200);
    }
}

TEST_CASE("gateway: a body over the limit is refused before a service has it") {
    const Fixture shop({"--body-bytes", "4096"});
    CHECK(shop.gateway.send("POST", "/v1/orders", {}, std::string(4096, 'x')).status == 200);
    must_be_problem(shop.gateway.send("POST", "/v1/orders", {}, std::string(4097, 'x')), 413);
    CHECK(shop.calls() == 1);
}

TEST_CASE("gateway: a drained replica gets no new request, and none fails") {
    test::Replica one("one"), two("two"), other("other");
    const test::Gateway gateway({other.url()}, {one.url(), two.url()}, {other.url()},
                                {"--address-requests", "10000000"});
    std::atomic<bool> stop{false};
    std::atomic<int> failed{0}, answered{0};
    std::vector<std::thread> crowd;
    for (int i = 0; i < 4; ++i)
        crowd.emplace_back([&] {
            const auto client = http::Client::make(gateway.url(), {});
            http::Request request;
            request.method = "GET";
            request.target = "/v1/products";
            while (!stop) {
                const auto answer = (*client)->send(request, false);
                ++(answer && answer->status == 200 ? answered : failed);
            }
        });
    CHECK(test::eventually([&] { return one.calls() > 20 && two.calls() > 20; }));
    CHECK(gateway.tell("set server productd/1 state drain") == "\n");
    // One of each client may be under way still; there is no new one for it.
    const int seen = one.calls() + static_cast<int>(crowd.size());
    const int before = two.calls();
    CHECK(test::eventually([&] { return two.calls() > before + 200; }));
    CHECK(one.calls() <= seen);
    CHECK(gateway.tell("set server productd/1 state ready") == "\n");
    CHECK(test::eventually([&] { return one.calls() > seen + 20; }));
    stop = true;
    for (auto& client : crowd) client.join();
    CHECK(failed == 0);
    CHECK(answered > 200);
}

TEST_CASE("gateway: what it says itself is a problem document, or nothing, and never HTML") {
    const std::string nobody = "http://127.0.0.1:" + std::to_string(test::free_port_base());
    const test::Gateway gateway({nobody}, {nobody}, {nobody});
    CHECK(must_be_problem(gateway.send("GET", "/v1/products"), 503)["type"] ==
          "https://shop.example/problems/unavailable");
    const auto broken = test::run(
        "/usr/bin/curl", {{"-s", "--http1.1", "--max-time", "10", "--cacert", gateway.certificate(),
                           "-H", "bad name: x", gateway.url() + "/v1/products"}});
    CHECK(broken.exit_code == 52);  // an empty reply
    CHECK(broken.out.empty());
    CHECK((std::filesystem::status(gateway.socket_path()).permissions() &
           std::filesystem::perms::mask) == std::filesystem::perms(0600));
}
