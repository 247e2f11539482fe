// Pages that are kept: how long they are fresh, and which go first.
#include "storefrontd/page_cache.hpp"

#include <catch2/catch.hpp>

using namespace shop;
using namespace shop::storefront;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const KeptPage> page(const std::string& title, const std::string& product_id = "",
                                     std::size_t bytes = 100) {
    KeptPage made;
    made.title = title;
    made.content = std::string(bytes, 'x');
    made.product_id = product_id;
    return std::make_shared<const KeptPage>(std::move(made));
}

struct Kept {
    ManualClock clock{*parse_time("2026-11-28T12:00:00Z")};
    PageCache cache{100'000, clock};

    void keep(const std::string& key, std::shared_ptr<const KeptPage> made) {
        cache.keep(key, std::move(made), cache.position());
    }
    bool fresh(const std::string& key) { return cache.find(key).fresh; }
};

}  // namespace

TEST_CASE("page cache: a page is fresh until its product changes, a list until any does") {
    Kept kept;
    kept.keep("/a", page("a", "prd_a"));
    kept.keep("/b", page("b", "prd_b"));
    kept.keep("/", page("home"));
    CHECK((kept.fresh("/a") && kept.fresh("/b") && kept.fresh("/")));
    kept.cache.product_changed("prd_a");
    CHECK_FALSE(kept.fresh("/a"));
    CHECK(kept.fresh("/b"));
    CHECK_FALSE(kept.fresh("/"));
    kept.cache.all_changed();
    CHECK_FALSE(kept.fresh("/b"));
}

TEST_CASE("page cache: a page that is not fresh is there all the same, until the next one") {
    Kept kept;
    kept.keep("/a", page("first", "prd_a"));
    kept.cache.product_changed("prd_a");
    REQUIRE(kept.cache.find("/a").page);
    CHECK(kept.cache.find("/a").page->title == "first");
    kept.keep("/a", page("second", "prd_a"));
    CHECK(kept.fresh("/a"));
    CHECK(kept.cache.find("/a").page->title == "second");
    CHECK_FALSE(kept.cache.find("/none").page);
}

TEST_CASE("page cache: after a minute a page is looked at again, whatever the events say") {
    Kept kept;
    kept.keep("/a", page("a", "prd_a"));
    kept.clock.advance(59s);
    CHECK(kept.fresh("/a"));
    kept.clock.advance(1s);
    CHECK_FALSE(kept.fresh("/a"));
    CHECK(kept.cache.find("/a").page);
}

TEST_CASE("page cache: a page made of what was read before an event is never fresh") {
    Kept kept;
    const auto before = kept.cache.position();
    kept.cache.product_changed("prd_b");  // of another product: who made the page can't know
    kept.cache.keep("/a", page("a", "prd_a"), before);
    CHECK_FALSE(kept.fresh("/a"));
    CHECK(kept.cache.find("/a").page);
    kept.cache.keep("/a", page("a", "prd_a"), kept.cache.position());
    CHECK(kept.fresh("/a"));
}

TEST_CASE("page cache: the page that was asked for longest ago goes first") {
    ManualClock clock(*parse_time("2026-11-28T12:00:00Z"));
    const auto size = page("a")->bytes();
    PageCache cache(2 * size, clock);
    cache.keep("/a", page("a"), cache.position());
    cache.keep("/b", page("b"), cache.position());
    CHECK(cache.find("/a").page);  // used after /b
    cache.keep("/c", page("c"), cache.position());
    CHECK(cache.find("/a").page);
    CHECK_FALSE(cache.find("/b").page);
    CHECK(cache.find("/c").page);
    // Kept once more it takes no more room.
    cache.keep("/c", page("c"), cache.position());
    CHECK(cache.find("/a").page);
}

TEST_CASE("page cache: a page larger than all the room is not kept, and drops no other") {
    ManualClock clock(*parse_time("2026-11-28T12:00:00Z"));
    PageCache cache(2 * page("a")->bytes(), clock);
    cache.keep("/a", page("a"), cache.position());
    cache.keep("/b", page("b", "", 100'000), cache.position());
    CHECK_FALSE(cache.find("/b").page);
    CHECK(cache.find("/a").page);
}
