#include "http/message.hpp"

#include <catch2/catch.hpp>

#include "http/problem.hpp"

using namespace shop;
using namespace shop::http;

TEST_CASE("Headers: get finds the first, set replaces all, count counts") {
    Headers headers;
    headers.add("a", "1");
    headers.add("b", "2");
    headers.add("a", "3");
    CHECK(headers.get("a") == "1");
    CHECK(headers.count("a") == 2);
    CHECK_FALSE(headers.get("c"));
    headers.set("a", "4");
    CHECK(headers.count("a") == 1);
    CHECK(headers.get("a") == "4");
    CHECK(headers.get("b") == "2");
}

TEST_CASE("Peer: loopback addresses and Unix sockets are this machine, others are not") {
    for (const auto* here : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "unix"}) {
        CHECK(Peer{here, {}}.loopback());
    }
    for (const auto* there : {"10.0.0.1", "128.0.0.1", "::2", "::ffff:10.0.0.1", ""}) {
        CHECK_FALSE(Peer{there, {}}.loopback());
    }
}

TEST_CASE("problem: an error goes over the wire and comes back as it was") {
    const Error error{Code::conflict,
                      "the product was changed meanwhile; read it again",
                      {{"/price/amount", "is negative"}, {"/name", "is missing"}},
                      7};
    const Response response = problem(error, "req_1");
    CHECK(response.status == 409);
    CHECK(response.headers.get("content-type") == "application/problem+json");
    CHECK(response.headers.get("retry-after") == "7");
    CHECK(response.body.find("https://shop.example/problems/conflict") != std::string::npos);
    CHECK(response.body.find("req_1") != std::string::npos);
    const Error back = error_from(response);
    CHECK(back.code == Code::conflict);
    CHECK(back.message == error.message);
    REQUIRE(back.fields.size() == 2);
    CHECK(back.fields[1].pointer == "/name");
    CHECK(back.fields[1].message == "is missing");
    CHECK(back.retry_after_seconds == 7);
}

TEST_CASE("problem: every code comes back as itself, though two share a status") {
    for (const auto& row : all_codes()) {
        CHECK(error_from(problem({row.code, "x"}, "")).code == row.code);
    }
}

TEST_CASE("error_from: an answer that is no problem document is judged by its status") {
    Response response;
    response.status = 404;
    response.headers.add("content-type", "text/html");
    response.body = "<html>";
    CHECK(error_from(response).code == Code::not_found);
    response.headers.set("content-type", "application/problem+json");
    CHECK(error_from(response).code == Code::not_found);
    response.body = R"({"type": "https://else.example/teapot", "detail": 5, "errors": [1, {}]})";
    CHECK(error_from(response).code == Code::not_found);
    CHECK(error_from(response).message == "answered 404 Not Found");
    response.body = R"({"type": "https://shop.example/problems/brand_new", "detail": "d"})";
    CHECK(error_from(response).code == Code::not_found);
    CHECK(error_from(response).message == "d");
}
