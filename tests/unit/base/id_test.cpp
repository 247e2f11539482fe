#include "base/id.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "base/random.hpp"
#include "base/text.hpp"

using namespace shop;

TEST_CASE("new_id: a prefix and a UUID of version 7", "[base][id]") {
    const std::string id = new_id("prd");
    CHECK(is_id(id, "prd"));
    CHECK_FALSE(is_id(id, "ord"));
    CHECK(id.size() == 36);
    CHECK(id[4 + 12] == '7');
    CHECK(std::string("89ab").find(id[4 + 16]) != std::string::npos);
}

TEST_CASE("new_id: later ids sort later, also within a millisecond", "[base][id]") {
    std::vector<std::string> ids;
    for (int i = 0; i < 20'000; ++i) ids.push_back(new_id("x"));
    CHECK(std::ranges::is_sorted(ids));
    CHECK(std::ranges::adjacent_find(ids) == ids.end());
}

TEST_CASE("new_id: threads never share one", "[base][id]") {
    std::vector<std::string> ids[4];
    {
        std::vector<std::jthread> threads;
        for (auto& list : ids)
            threads.emplace_back([&list] {
                for (int i = 0; i < 2000; ++i) list.push_back(new_id("x"));
            });
    }
    std::set<std::string> all;
    for (const auto& list : ids) all.insert(list.begin(), list.end());
    CHECK(all.size() == 8000);
}

TEST_CASE("is_id: exactly a prefix and 32 lower-case hex digits", "[base][id]") {
    const std::string hex(32, 'a');
    CHECK(is_id("usr_" + hex, "usr"));
    CHECK_FALSE(is_id("usr-" + hex, "usr"));
    CHECK_FALSE(is_id("usr_" + hex + "a", "usr"));
    CHECK_FALSE(is_id("usr_" + std::string(32, 'A'), "usr"));
    CHECK_FALSE(is_id("usr_" + std::string(32, 'g'), "usr"));
    CHECK_FALSE(is_id("", "usr"));
}

TEST_CASE("random and digests", "[base][random]") {
    CHECK(random_bytes(32).size() == 32);
    CHECK(random_bytes(32) != random_bytes(32));
    CHECK(from_base64url(random_token(24))->size() == 24);
    CHECK(sha256("abc").size() == 32);
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
