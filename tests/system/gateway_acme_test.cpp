// Challenges of an ACME authority on their way through a real HAProxy to whoever stands in lego's
// place.
#include "system/gateway_rig.hpp"

using namespace shop;

namespace {

std::string port_of(const std::string& url) { return url.substr(url.rfind(':') + 1); }

}  // namespace

TEST_CASE("gateway: challenges reach lego, and nothing else that comes without TLS does") {
    const test::Replica service("service");
    auto lego = std::make_unique<test::Replica>("lego");
    const test::Gateway gateway({service.url()}, {service.url()}, {service.url()},
                                {"--acme-port", port_of(lego->url())});
    const std::string challenge =
        "/.well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowy_-x";
    const auto answer = gateway.send_plain(challenge);
    CHECK(answer.status == 200);
    const Json seen = Json::parse(answer.body);
    CHECK(seen["replica"] == "lego");
    CHECK_THAT(seen["headers"]["host"].get<std::string>(), Catch::StartsWith("localhost"));
    for (const char* other :
         {"/", "/v1/products", "/.well-known/acme-challenge", "/.well-known/acme-challenge/a.b",
          "/x/.well-known/acme-challenge/abc", "/.well-known/acme-challenge/a%41",
          "/.well-known/acme-challenge/abc/more"}) {
        INFO(other);
        const auto moved = gateway.send_plain(other);
        CHECK(moved.status == 308);
        CHECK(moved.headers.get("location") == gateway.url() + other);
    }
    CHECK(lego->calls() == 1);
    test::must_be_problem(gateway.send("GET", challenge), 404);
    lego.reset();  // it runs only while it renews
    test::must_be_problem(gateway.send_plain(challenge), 503);
    CHECK(service.calls() == 0);
}

TEST_CASE("gateway: without a port for lego a challenge is redirected as all else is") {
    const test::Replica service("service");
    const test::Gateway gateway({service.url()}, {service.url()}, {service.url()});
    CHECK(gateway.send_plain("/.well-known/acme-challenge/abc").status == 308);
}
