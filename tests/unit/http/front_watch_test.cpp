// What tells a front whose loop hangs from one that has nothing to do.
#include "unit/http/raw.hpp"

using namespace shop;
using namespace shop::http;
using namespace shop::http::test;

TEST_CASE("Front: a loop that has nothing to do goes round when it is asked") {
    Server server;
    for (int i = 0; i < 5; ++i) CHECK(eventually([&] { return server.front.went_round(); }));
}

TEST_CASE("Front: a loop that hangs does not go round until it goes on") {
    Gate gate;
    FrontOptions options;
    options.vital = [&](const Request&) {  // runs on the loop
        gate.wait();
        return false;
    };
    Server server(std::move(options));
    CHECK(eventually([&] { return server.front.went_round(); }));
    Raw client(server.port());
    REQUIRE(client.send(get("/")));
    REQUIRE(gate.reached(1));
    server.front.went_round();  // of before
    for (int i = 0; i < 5; ++i) CHECK_FALSE(server.front.went_round());
    gate.open();
    CHECK(eventually([&] { return server.front.went_round(); }));
    CHECK(client.response().status == 200);
}
