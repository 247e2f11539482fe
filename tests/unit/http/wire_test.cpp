#include "http/wire.hpp"

#include <catch2/catch.hpp>

#include "base/limits.hpp"

using namespace shop;
using namespace shop::http;

namespace {

constexpr int kComplete = 0;
constexpr int kIncomplete = -1;

// 0: complete, -1: incomplete, else the status of the refusal.
int verdict(std::string_view head) {
    Request request;
    const HeadResult result = read_request_head(head, request);
    if (result.progress == Progress::refused) {
        CHECK(!result.reason.empty());
        return result.status;
    }
    return result.progress == Progress::complete ? kComplete : kIncomplete;
}

struct Row {
    int verdict;
    std::string head;
};

std::string with_field(const std::string& field) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n";
}

std::string with_target(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string fields(std::size_t count) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) text += "x: y\r\n";
    return text + "\r\n";
}

void check(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        INFO(row.head.substr(0, 200));
        CHECK(verdict(row.head) == row.verdict);
    }
}

using namespace std::string_literals;

}  // namespace

TEST_CASE("read_request_head: request lines are read strictly") {
    check({
        {kComplete, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {kComplete, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
        {kComplete, "OPTIONS / HTTP/1.0\r\n\r\n"},
        {kComplete, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {kComplete, "ABCDEFGHIJKLMNOP / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {501, "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {kIncomplete, ""},
        {kIncomplete, "G"},
        {kIncomplete, "GET / HTTP/1.1\r"},
        {kIncomplete, "GET / HTTP/1.1\r\nHost: a\r\n"},
        {kIncomplete, "GET / HTTP/1.1\r\nHost: a\r\n\r"},
        {400, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "\n"},
        {400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\nHost: a\n\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
        {400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
        {400, "GET /\r\n\r\n"},
        {400, "GET\r\n\r\n"},
        {400, "GET / \r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
        {505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
        {400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s},
        {400, "\x16\x03\x01\x02"},
        {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {414, "GET /" + std::string(limits::kUrlBytesMax, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
        {kComplete,
         "GET /" + std::string(limits::kUrlBytesMax - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
        {414, "GET /" + std::string(8000, 'a')},
    });
}

TEST_CASE("read_request_head: targets are paths that only one reading fits") {
    check({
        {kComplete, with_target("/v1/products?q=a%20b&x=%22")},
        {kComplete, with_target("/a/b.c/~d;e=f,g")},
        {kComplete, with_target("/a?q={\"x\":[1]}|^`")},
        {kComplete, with_target("/a?")},
        {kComplete, with_target("/a?x=//../%2f")},
        {kComplete, with_target("/...")},
        {kComplete, with_target("/caf%C3%A9")},
        {400, with_target("*")},
        {400, with_target("a")},
        {400, with_target("http://a/")},
        {400, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, with_target("//")},
        {400, with_target("//a")},
        {400, with_target("/a//b")},
        {400, with_target("/a/")},
        {400, with_target("/.")},
        {400, with_target("/..")},
        {400, with_target("/a/../b")},
        {400, with_target("/a/%2e%2E/b")},
        {400, with_target("/a/.%2e")},
        {400, with_target("/a%2Fb")},
        {400, with_target("/a%2fb")},
        {400, with_target("/a%00b")},
        {400, with_target("/a%0d%0ab")},
        {400, with_target("/a%7f")},
        {400, with_target("/a%")},
        {400, with_target("/a%2")},
        {400, with_target("/a%zz")},
        {400, with_target("/a?x=%")},
        {400, with_target("/a?x=%u1234")},
        {400, with_target("/caf%C3")},
        {400, with_target("/caf\xC3\xA9")},
        {400, with_target("/a?x=\xC3\xA9")},
        {400, with_target("/a#b")},
        {400, with_target("/a?b#c")},
        {400, with_target("/a\\b")},
        {400, with_target("/a<b")},
        {400, with_target("/a\"b")},
        {400, with_target("/a\x01"s)},
        {400, with_target("/a\0b"s)},
        {400, with_target("/a\rb")},
    });
}

TEST_CASE("read_request_head: fields that leave a doubt are refused") {
    check({
        {kComplete, with_field("X: ")},
        {kComplete, with_field("X:")},
        {kComplete, with_field("X: \t a\tb \xC3\xA9 \t")},
        {kComplete, with_field("Content-Length: 0")},
        {kComplete, with_field("Content-Length: 12")},
        {kComplete, with_field("Expect: 100-Continue")},
        {kComplete, "GET / HTTP/1.1\r\nHost: [::1]:5001\r\n\r\n"},
        {kComplete, fields(limits::kHeadFieldsMax)},
        {431, fields(limits::kHeadFieldsMax + 1)},
        {431, with_field("X: " + std::string(limits::kHeadBytesMax, 'a'))},
        {431, "GET / HTTP/1.1\r\nHost: " + std::string(limits::kHeadBytesMax, 'a')},
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
        {400, with_field("Host: a")},
        {400, with_field("HOST: b")},
        {400, with_field("X : a")},
        {400, with_field(" X: a")},
        {400, with_field("X: a\r\n b")},
        {400, with_field("X: a\r\n\tb")},
        {400, with_field(": a")},
        {400, with_field("X")},
        {400, with_field("X Y: a")},
        {400, with_field("X\xC3\xA9: a")},
        {400, with_field("X: a\0b"s)},
        {400, with_field("X: a\rb")},
        {400, with_field("X: a\x0b")},
        {400, with_field("X: a\x7f")},
        {411, with_field("Transfer-Encoding: chunked")},
        {411, with_field("transfer-encoding: identity")},
        {411, with_field("Content-Length: 5\r\nTransfer-Encoding: chunked")},
        {415, with_field("Content-Encoding: gzip")},
        {400, with_field("Content-Length: 5\r\nContent-Length: 5")},
        {400, with_field("Content-Length: 5\r\ncontent-length: 6")},
        {400, with_field("Content-Length: 5, 5")},
        {400, with_field("Content-Length: +5")},
        {400, with_field("Content-Length: -5")},
        {400, with_field("Content-Length: 0x5")},
        {400, with_field("Content-Length: 5 5")},
        {400, with_field("Content-Length:")},
        {413, with_field("Content-Length: 99999999999999999999")},
        {417, with_field("Expect: 200-ok")},
    });
}

TEST_CASE("read_request_head: a complete head fills the request and says where it ends") {
    const std::string_view data =
        "PUT /v1/a%20b/c?x=1&y=%41 HTTP/1.1\r\nHost: shop:5001\r\nX-Thing: \t two  words \r\n"
        "CONTENT-LENGTH: 004\r\nExpect: 100-continue\r\n\r\nbodyGET";
    Request request;
    const HeadResult result = read_request_head(data, request);
    REQUIRE(result.progress == Progress::complete);
    CHECK(data.substr(result.head.bytes) == "bodyGET");
    CHECK(result.head.content_length == 4);
    CHECK(result.head.keep_alive);
    CHECK(result.head.expect_continue);
    CHECK(request.method == "PUT");
    CHECK(request.target == "/v1/a%20b/c?x=1&y=%41");
    CHECK(request.path() == "/v1/a%20b/c");
    CHECK(request.segments == std::vector<std::string>{"v1", "a b", "c"});
    CHECK(request.query == "x=1&y=%41");
    CHECK(request.headers.get("x-thing") == "two  words");
    CHECK(request.headers.get("content-length") == "004");
}

TEST_CASE("read_request_head: every part of a good head is incomplete") {
    const std::string head = "GET /a/b?c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    for (std::size_t size = 0; size < head.size(); ++size) {
        CHECK(verdict(head.substr(0, size)) == kIncomplete);
    }
    CHECK(verdict(head) == kComplete);
}

TEST_CASE("read_request_head: nothing of an earlier request stays in the next") {
    Request request;
    read_request_head("GET /a/b?c HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", request);
    read_request_head("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", request);
    CHECK(request.segments.empty());
    CHECK(request.query.empty());
    CHECK(request.headers.size() == 1);
}

TEST_CASE("read_request_head: a connection is kept as version and Connection say") {
    const auto kept = [](const std::string& version, const std::string& more) {
        Request request;
        const auto head = "GET / HTTP/" + version + "\r\nHost: a\r\n" + more + "\r\n";
        return read_request_head(head, request).head.keep_alive;
    };
    CHECK(kept("1.1", ""));
    CHECK_FALSE(kept("1.1", "Connection: Close\r\n"));
    CHECK_FALSE(kept("1.1", "Connection: x, close\r\n"));
    CHECK_FALSE(kept("1.1", "Connection: close\r\nConnection: keep-alive\r\n"));
    CHECK_FALSE(kept("1.0", ""));
    CHECK(kept("1.0", "Connection: Keep-Alive\r\n"));
    CHECK_FALSE(kept("1.0", "Connection: keep-alive, close\r\n"));
}

TEST_CASE("read_response_head: a response needs one length, unless it has no body") {
    const auto read = [](const std::string& status, const std::string& more, bool to_head = false) {
        Response response;
        return read_response_head("HTTP/1.1 " + status + "\r\n" + more + "\r\n", response, to_head)
            .progress;
    };
    CHECK(read("200 OK", "Content-Length: 3\r\n") == Progress::complete);
    CHECK(read("200", "Content-Length: 3\r\n") == Progress::complete);
    CHECK(read("200 OK", "Transfer-Encoding: chunked\r\n") == Progress::complete);
    CHECK(read("204 No Content", "") == Progress::complete);
    CHECK(read("304 Not Modified", "") == Progress::complete);
    CHECK(read("100 Continue", "") == Progress::complete);
    CHECK(read("200 OK", "", true) == Progress::complete);
    CHECK(read("200 OK", "") == Progress::refused);
    CHECK(read("200 OK", "Content-Length: 3\r\nContent-Length: 3\r\n") == Progress::refused);
    CHECK(read("200 OK", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") ==
          Progress::refused);
    CHECK(read("200 OK", "Transfer-Encoding: gzip\r\n") == Progress::refused);
    CHECK(read("20 OK", "Content-Length: 3\r\n") == Progress::refused);
    CHECK(read("2000 OK", "Content-Length: 3\r\n") == Progress::refused);
    CHECK(read("600 OK", "Content-Length: 3\r\n") == Progress::refused);
    CHECK(read("200 OK", "Content-Length: 3\r\n X\r\n") == Progress::refused);
}

TEST_CASE("write_response: the message that it writes reads back") {
    Response response;
    response.status = 201;
    response.headers.add("location", "/v1/a");
    response.body = "hello";
    const std::string text = write_response(response, true, false);
    Response back;
    const HeadResult result = read_response_head(text, back, false);
    REQUIRE(result.progress == Progress::complete);
    CHECK(back.status == 201);
    CHECK(text.starts_with("HTTP/1.1 201 Created\r\n"));
    CHECK(back.headers.get("location") == "/v1/a");
    CHECK(back.headers.get("connection") == "keep-alive");
    CHECK(back.headers.get("date")->ends_with(" GMT"));
    CHECK(back.headers.get("date")->size() == 29);
    CHECK(text.substr(result.head.bytes) == "hello");
    CHECK(write_response(response, false, false).find("connection: close\r\n") !=
          std::string::npos);
}

TEST_CASE("write_response: HEAD keeps the length, 204 and 304 have neither length nor body") {
    Response response;
    response.body = "hello";
    const std::string head = write_response(response, true, true);
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK(head.find("content-length: 5\r\n") != std::string::npos);
    for (const int status : {204, 304}) {
        response.status = status;
        const std::string text = write_response(response, true, false);
        CHECK(text.ends_with("\r\n\r\n"));
        CHECK(text.find("content-length") == std::string::npos);
    }
}

TEST_CASE("write_response: a line break in a value writes no second field") {
    Response response;
    response.headers.add("location", "/a\r\nset-cookie: x=y");
    Response back;
    const std::string text = write_response(response, true, false);
    REQUIRE(read_response_head(text, back, false).progress == Progress::complete);
    CHECK(back.headers.count("set-cookie") == 0);
    CHECK(back.headers.get("location") == "/a  set-cookie: x=y");
}

TEST_CASE("write_request: what it writes is read back as the same request") {
    Request request;
    request.method = "POST";
    request.target = "/v1/users?x=1";
    request.headers.add("content-type", "application/json");
    request.body = "{}";
    const std::string text = write_request(request, "shop:5001");
    Request back;
    const HeadResult result = read_request_head(text, back);
    REQUIRE(result.progress == Progress::complete);
    CHECK(back.method == "POST");
    CHECK(back.target == request.target);
    CHECK(back.headers.get("host") == "shop:5001");
    CHECK(result.head.content_length == 2);
    CHECK(text.substr(result.head.bytes) == "{}");
}
