#include "http/gzip.hpp"

#include <libdeflate.h>

#include <catch2/catch.hpp>
#include <thread>

using namespace shop;
using namespace shop::http;

namespace {

std::string unzip(const std::string& bytes) {
    auto* decompressor = ::libdeflate_alloc_decompressor();
    std::string out(1'000'000, '\0');
    std::size_t size = 0;
    const auto result = ::libdeflate_gzip_decompress(decompressor, bytes.data(), bytes.size(),
                                                     out.data(), out.size(), &size);
    ::libdeflate_free_decompressor(decompressor);
    REQUIRE(result == LIBDEFLATE_SUCCESS);
    return out.substr(0, size);
}

bool accepts(const std::string& field) {
    Headers headers;
    headers.add("accept-encoding", field);
    return accepts_gzip(headers);
}

}  // namespace

TEST_CASE("accepts_gzip: by name, by *, and not with the weight 0") {
    for (const char* yes : {"gzip", "GZIP", "x-gzip", "deflate, gzip", "gzip;q=0.5", "gzip ; q=1",
                            "*", "br, *;q=0.1", "identity;q=0, gzip;q=0.001"}) {
        INFO(yes);
        CHECK(accepts(yes));
    }
    for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzipped",
                           "gzip;q=0, *", "gzip;level=9", ",", ";"}) {
        INFO(no);
        CHECK_FALSE(accepts(no));
    }
    CHECK_FALSE(accepts_gzip(Headers{}));
}

TEST_CASE("gzip: gives back what went in") {
    for (const std::size_t size : {0, 1, 100, 70'000}) {
        std::string text;
        for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 7919) + ",";
        text.resize(size);
        CHECK(unzip(gzip(text)) == text);
        CHECK((size < 1000 || gzip(text).size() < size / 2));
    }
}

TEST_CASE("GzipCache: keeps what is asked for, by content, within its bound") {
    GzipCache cache(20'000);
    const std::string a(2'000, 'a'), b(2'000, 'b');
    const auto first = cache.coded(a);
    CHECK(unzip(*first) == a);
    CHECK(unzip(*cache.coded(b)) == b);
    CHECK(cache.coded(a) == first);
    // As long as it is asked for it stays, however much goes by.
    for (int i = 0; i < 100; ++i) {
        cache.coded(std::string(2'000, 'c') + std::to_string(i));
        CHECK(cache.coded(a) == first);
    }
    // And goes where it is not.
    for (int i = 0; i < 100; ++i) cache.coded(std::string(2'000, 'd') + std::to_string(i));
    CHECK(cache.coded(a) != first);
    // What is larger than the cache is coded all the same.
    const std::string huge(50'000, 'h');
    CHECK(unzip(*cache.coded(huge)) == huge);
    CHECK(cache.coded(huge) != cache.coded(huge));
}

TEST_CASE("GzipCache: threads may share it") {
    GzipCache cache(50'000);
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 200; ++i) {
                const std::string text = std::string(1'500, 'x') + std::to_string(i % 40 + t);
                right += gzip(text) == *cache.coded(text) ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(right == 4 * 200);
}
