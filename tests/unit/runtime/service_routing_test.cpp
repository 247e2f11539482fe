#include "http/gzip.hpp"
#include "runtime/representation.hpp"
#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

TEST_CASE("service: a path that is not there is a 404 problem with the request's id", "[runtime]") {
    Notes shop;
    const auto answer = shop.send("GET", "/v1/nothing?a=b", {{"x-request-id", "abc-1_Z"}});
    CHECK(answer.status == 404);
    CHECK(field_of(answer, "content-type") == "application/problem+json");
    CHECK(field_of(answer, "x-request-id") == "abc-1_Z");
    const Json body = json_of(answer);
    CHECK(body["request_id"] == "abc-1_Z");
    CHECK(body["status"] == 404);
    CHECK(body["type"] == "https://shop.example/problems/not_found");
    CHECK(body["title"] == "Not found");
    CHECK(body["detail"].get<std::string>().find("/v1/nothing") != std::string::npos);
}

TEST_CASE("service: another method is a 405 that names the methods; OPTIONS is told", "[runtime]") {
    Notes shop;
    const auto refused = shop.send("DELETE", "/v1/notes");
    CHECK(refused.status == 405);
    CHECK(field_of(refused, "allow").find("POST") != std::string::npos);
    CHECK(problem_of(refused) == "method_not_allowed");

    const auto told = shop.send("OPTIONS", "/v1/notes");
    CHECK(told.status == 204);
    CHECK(told.body.empty());
    CHECK(field_of(told, "allow") == field_of(refused, "allow"));
}

TEST_CASE("service: the course's calls are there only where the course's API is on", "[runtime]") {
    Notes without;
    CHECK(without.send("GET", "/form").status == 404);
    Notes with(true);
    CHECK(with.send("GET", "/form").status == 200);
}

TEST_CASE("service: an endpoint without a handler keeps the service from starting", "[runtime]") {
    Notes shop;
    runtime::test::NoteService half(shop.folder.path() / "half", *shop.verifier, shop.clock,
                                    shop.metrics, false, false);
    const auto sealed = half.service().seal();
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().code == Code::internal);
    CHECK(sealed.error().message.ends_with(": broken"));
}

TEST_CASE("service: a request id that could confuse a log is replaced", "[runtime]") {
    Notes shop;
    for (const std::string& bad : {std::string("a b"), std::string("a\"b"), std::string("é"),
                                   std::string(65, 'a'), std::string()}) {
        INFO(bad);
        const auto id =
            field_of(shop.send("GET", "/livez", {{"x-request-id", bad}}), "x-request-id");
        CHECK(id.starts_with("req_"));
    }
    const std::string longest(64, 'a');
    CHECK(field_of(shop.send("GET", "/livez", {{"x-request-id", longest}}), "x-request-id") ==
          longest);
}

TEST_CASE("service: an answer is JSON, is kept by nobody and carries a request id", "[runtime]") {
    Notes shop;
    const auto answer = shop.send("GET", "/v1/notes");
    CHECK(answer.status == 200);
    CHECK(field_of(answer, "content-type") == "application/json");
    CHECK(field_of(answer, "cache-control") == "no-store");
    CHECK(field_of(answer, "x-content-type-options") == "nosniff");
    CHECK(field_of(answer, "x-request-id").starts_with("req_"));
    CHECK(answer.body == R"({"items":[]})");
}

TEST_CASE("service: a reader that has this version gets 304 without a body", "[runtime]") {
    Notes shop;
    REQUIRE(shop.create("k", R"({"text":"hello"})").status == 201);
    const auto fresh = shop.send("GET", "/v1/notes/n1");
    CHECK(fresh.status == 200);
    CHECK(field_of(fresh, "etag") == "\"1\"");

    const auto known = shop.send("GET", "/v1/notes/n1", {{"if-none-match", "\"1\""}});
    CHECK(known.status == 304);
    CHECK(known.body.empty());
    CHECK(field_of(known, "etag") == "\"1\"");
    CHECK(shop.send("GET", "/v1/notes/n1", {{"if-none-match", "\"2\""}}).status == 200);
    CHECK(shop.send("HEAD", "/v1/notes/n1", {{"if-none-match", "\"1\""}}).status == 304);
}

TEST_CASE("service: what a handler throws is a 500 that says nothing of it", "[runtime]") {
    Notes shop;
    SECTION("an exception") {}
    SECTION("anything else") {
        shop.notes->hooks.in_broken = [] { throw 7; };
    }
    const auto answer = shop.send("GET", "/v1/broken");
    CHECK(answer.status == 500);
    CHECK(problem_of(answer) == "internal");
    CHECK(answer.body.find("secret") == std::string::npos);
    CHECK(json_of(answer)["request_id"] == field_of(answer, "x-request-id"));
    CHECK(shop.send("GET", "/livez").status == 200);
}

TEST_CASE("service: a traceparent is passed on; a malformed one is replaced", "[runtime]") {
    Notes shop;
    std::string seen;
    shop.notes->hooks.in_whoami = [&](const runtime::Call& call) {
        seen = call.origin().traceparent;
    };
    const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    shop.send("GET", "/v1/whoami", {{"traceparent", good}});
    CHECK(seen == good);
    for (const std::string bad : {"", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                  "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                  "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                  "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                                  "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}) {
        INFO(bad);
        shop.send("GET", "/v1/whoami", {{"traceparent", bad}});
        CHECK(seen != bad);
        CHECK(seen.size() == good.size());
        CHECK(seen.starts_with("00-"));
    }
}

TEST_CASE("service: what the front refuses by itself has the same form", "[runtime]") {
    Notes shop;
    const auto busy = shop.notes->service().refusal(503, "All workers are busy.");
    CHECK(busy.status == 503);
    CHECK(problem_of(busy) == "unavailable");
    CHECK(json_of(busy)["detail"] == "All workers are busy.");
    CHECK(field_of(busy, "retry-after") == "1");
    const auto length = shop.notes->service().refusal(411, "Send a Content-Length.");
    CHECK(length.status == 411);
    CHECK(json_of(length)["status"] == 411);
    CHECK(json_of(length)["type"] == "about:blank");
    CHECK(field_of(length, "retry-after").empty());
}

TEST_CASE("service: a large answer is gzip where the client takes it, with an ETag of its own",
          "[runtime]") {
    Notes shop;
    const auto plain = shop.send("GET", "/openapi.json");
    REQUIRE(plain.body.size() > 1024);
    CHECK(field_of(plain, "content-encoding").empty());
    CHECK(field_of(plain, "vary") == "accept-encoding");
    const auto coded = shop.send("GET", "/openapi.json", {{"accept-encoding", "gzip, br"}});
    CHECK(field_of(coded, "content-encoding") == "gzip");
    CHECK(field_of(coded, "vary") == "accept-encoding");
    CHECK(coded.body == http::gzip(plain.body));
    CHECK(shop.send("HEAD", "/openapi.json", {{"accept-encoding", "gzip"}}).body == coded.body);
    CHECK(shop.send("GET", "/openapi.json", {{"accept-encoding", "gzip;q=0"}}).body == plain.body);
    const auto small = shop.send("GET", "/livez", {{"accept-encoding", "gzip"}});
    CHECK(field_of(small, "content-encoding").empty());
    CHECK(field_of(small, "vary").empty());
}

TEST_CASE("representation: either ETag is taken back, and a coded one is another", "[runtime]") {
    const auto fit = [](const std::string& known, const std::string& accepts,
                        const std::string& method = "GET") {
        http::Request request;
        request.method = method;
        if (!known.empty()) request.headers.add("if-none-match", known);
        if (!accepts.empty()) request.headers.add("accept-encoding", accepts);
        http::Response response;
        response.headers.add("etag", "\"7.3\"");
        response.headers.add("content-type", "application/json");
        response.body.assign(2000, 'x');
        runtime::fit_to_request(request, response, nullptr);
        return response;
    };
    CHECK(field_of(fit("", ""), "etag") == "\"7.3\"");
    CHECK(field_of(fit("", "gzip"), "etag") == "\"7.3.gz\"");
    for (const char* known : {"\"7.3\"", "\"7.3.gz\"", "W/\"7.3\""}) {
        INFO(known);
        CHECK(fit(known, "gzip").status == 304);
        CHECK(fit(known, "").body.empty());
        CHECK(field_of(fit(known, ""), "etag") == known);
        CHECK(fit(known, "", "POST").status == 200);
    }
    CHECK(fit("*", "").status == 304);
    CHECK(field_of(fit("*", ""), "etag") == "\"7.3\"");
    CHECK(fit("\"1\", \"7.3\"", "").status == 304);
    for (const char* other : {"\"7\"", "\"7.30\"", "7.", "\"\"", "\".gz\"", ","})
        CHECK(fit(other, "").status == 200);
}
