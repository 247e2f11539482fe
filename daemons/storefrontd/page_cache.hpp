// Catalogue pages that are the same for everybody, kept until what they show changes.
//
// A page is fresh until an event tells of its product, or of any product where it shows several, or
// it is a minute old. A page that is not fresh is kept as well: it is better than none while
// productd is down. A page that was made from what was read before an event is never taken for
// fresh: whoever makes one asks for the position first.
//
// Thread safety: any thread.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"

namespace shop::storefront {

struct KeptPage {
    std::string title;
    std::string description;  // for search engines
    std::string content;      // HTML of <main>, with marks for what differs
    std::string product_id;   // of the only product on it; empty: several
    std::uint64_t look = 0;   // Theme::generation() that it was made with
    // The whole page as a visitor sees it who is not signed in, cut at the marks.
    std::vector<std::string> for_guests;
    std::size_t bytes() const;
};

class PageCache {
public:
    struct Found {
        std::shared_ptr<const KeptPage> page;  // null: none
        bool fresh = false;
    };

    PageCache(std::size_t bytes_max, const Clock& clock) : bytes_max_(bytes_max), clock_(clock) {}

    Found find(const std::string& key) const;
    // How many changes there were so far.
    std::uint64_t position() const;
    // `position`: from before what the page shows was read.
    void keep(const std::string& key, std::shared_ptr<const KeptPage> page, std::uint64_t position);
    // Something about this product has changed.
    void product_changed(std::string_view id);
    // Anything may have changed.
    void all_changed();

private:
    struct Entry {
        std::shared_ptr<const KeptPage> page;
        bool fresh = false;
        Time made{};
        std::list<std::string>::iterator used;
    };

    const std::size_t bytes_max_;
    const Clock& clock_;
    mutable std::mutex mutex_;  // all that follows
    std::uint64_t position_ = 0;
    std::size_t bytes_ = 0;
    mutable std::list<std::string> by_use_;  // keys, the one that was used last in front
    mutable std::unordered_map<std::string, Entry> entries_;
};

}  // namespace shop::storefront
