#include "http/response_reader.hpp"

#include <catch2/catch.hpp>

using namespace shop::http;

namespace {

constexpr std::size_t kBodyMax = 1000;
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("ResponseReader: a body by its length comes whole, however it is cut") {
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX: y\r\n\r\nhello world";
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        ResponseReader reader(false, kBodyMax);
        CHECK(reader.feed(text.substr(0, cut)) == Progress::incomplete);
        CHECK(reader.started() == (cut > 0));
        REQUIRE(reader.feed(text.substr(cut)) == Progress::complete);
        CHECK(reader.response().body == "hello world");
        CHECK(reader.response().headers.get("x") == "y");
        CHECK(reader.keep_alive());
    }
}

TEST_CASE("ResponseReader: chunks are joined, extensions and trailers are skipped") {
    const std::string text =
        kChunked + "5\r\nhello\r\n6;ext=\"a\"\r\n world\r\n00\r\nX-Trailer: y\r\n\r\n";
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        ResponseReader reader(false, kBodyMax);
        CHECK(reader.feed(text.substr(0, cut)) == Progress::incomplete);
        REQUIRE(reader.feed(text.substr(cut)) == Progress::complete);
        CHECK(reader.response().body == "hello world");
        CHECK(reader.keep_alive());
    }
}

TEST_CASE("ResponseReader: chunks with broken sizes and bodies over the limit are refused") {
    for (const std::string& rest : std::vector<std::string>{
             "x\r\n", "\r\n", "-5\r\n", "0x5\r\n", "5 \r\n", "100000000\r\n", "fffffff\r\n",
             "3\r\nhello\r\n", "3e9\r\n", "5;" + std::string(2000, 'e')}) {
        INFO(rest);
        ResponseReader reader(false, kBodyMax);
        CHECK(reader.feed(kChunked + rest) == Progress::refused);
        CHECK_FALSE(reader.reason().empty());
    }
    ResponseReader large(false, kBodyMax);
    CHECK(large.feed("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n") == Progress::refused);
    ResponseReader trailers(false, kBodyMax);
    std::string many;
    for (int i = 0; i < 100; ++i) many += "a: b\r\n";
    CHECK(trailers.feed(kChunked + "0\r\n" + many) == Progress::refused);
}

TEST_CASE("ResponseReader: interim responses are skipped, HEAD has no body") {
    ResponseReader reader(false, kBodyMax);
    CHECK(reader.feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n") ==
          Progress::incomplete);
    CHECK(reader.feed("HTTP/1.1 204 No Content\r\n\r\n") == Progress::complete);
    CHECK(reader.response().status == 204);
    CHECK(reader.response().headers.size() == 0);
    ResponseReader head(true, kBodyMax);
    CHECK(head.feed("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n") == Progress::complete);
    CHECK(head.response().body.empty());
}

TEST_CASE("ResponseReader: a connection with stray bytes or one that is to close is not kept") {
    ResponseReader stray(false, kBodyMax);
    CHECK(stray.feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab") == Progress::complete);
    CHECK_FALSE(stray.keep_alive());
    ResponseReader closing(false, kBodyMax);
    CHECK(closing.feed("HTTP/1.1 204 x\r\nConnection: close\r\n\r\n") == Progress::complete);
    CHECK_FALSE(closing.keep_alive());
}
