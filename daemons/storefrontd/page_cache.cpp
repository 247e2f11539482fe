#include "storefrontd/page_cache.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;

// What no event tells of (a reservation that holds the last piece) is seen after it.
constexpr auto kFreshFor = 60s;
constexpr std::size_t kEntryBytes = 300;  // about, of the tables around a page

}  // namespace

std::size_t KeptPage::bytes() const {
    std::size_t sum = kEntryBytes + title.size() + content.size();
    for (const auto& piece : for_guests) sum += piece.size();
    return sum;
}

PageCache::Found PageCache::find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(key);
    if (entry == entries_.end()) return {};
    by_use_.splice(by_use_.begin(), by_use_, entry->second.used);
    const bool young = clock_.now() - entry->second.made < kFreshFor;
    return {entry->second.page, entry->second.fresh && young};
}

std::uint64_t PageCache::position() const {
    const std::lock_guard lock(mutex_);
    return position_;
}

void PageCache::keep(const std::string& key, std::shared_ptr<const KeptPage> page,
                     std::uint64_t position) {
    const std::lock_guard lock(mutex_);
    const auto drop = [&](auto entry) {
        bytes_ -= entry->second.page->bytes();
        by_use_.erase(entry->second.used);
        entries_.erase(entry);
    };
    if (const auto old = entries_.find(key); old != entries_.end()) drop(old);
    if (page->bytes() > bytes_max_) return;
    bytes_ += page->bytes();
    by_use_.push_front(key);
    entries_[key] = {std::move(page), position == position_, clock_.now(), by_use_.begin()};
    while (bytes_ > bytes_max_) drop(entries_.find(by_use_.back()));
}

void PageCache::product_changed(std::string_view id) {
    const std::lock_guard lock(mutex_);
    ++position_;
    for (auto& [key, entry] : entries_)
        if (entry.page->product_id.empty() || entry.page->product_id == id) entry.fresh = false;
}

void PageCache::all_changed() {
    const std::lock_guard lock(mutex_);
    ++position_;
    for (auto& [key, entry] : entries_) entry.fresh = false;
}

}  // namespace shop::storefront
