// Follows productd's event feed, so that pages show what changed within two seconds.
//
// Thread safety: start() and stop() from one thread; the rest from any.
#pragma once

#include <cstdint>

#include "api/client.hpp"
#include "api/common.hpp"
#include "runtime/repeater.hpp"
#include "storefrontd/page_cache.hpp"

namespace shop::storefront {

class CatalogueFeed {
public:
    // `products` is a client of productd with storefrontd's own token, whose deadline leaves time
    // to wait for an event; both outlive the feed.
    CatalogueFeed(const api::ApiClient& products, PageCache& pages)
        : products_(products), pages_(pages) {}

    // Reads what there is; waits up to `wait_seconds` where there is nothing. false: productd did
    // not answer.
    bool pass(std::int64_t wait_seconds);
    void start();
    void stop() { rounds_.stop(); }

private:
    void take_in(const api::EventPage& page);

    const api::ApiClient& products_;
    PageCache& pages_;
    std::int64_t after_ = -1;  // of the thread; below 0: not known yet
    runtime::Repeater rounds_;
};

}  // namespace shop::storefront
