#include "storefrontd/catalogue_feed.hpp"

#include "base/limits.hpp"
#include "storefrontd/needs.hpp"

namespace shop::storefront {
namespace {

using namespace std::chrono_literals;

// A stop waits for the call that is under way, so it must not wait for long.
constexpr std::int64_t kWaitSeconds = 1;
constexpr auto kPauseWhileSilent = 1s;

}  // namespace

void CatalogueFeed::take_in(const api::EventPage& page) {
    for (const auto& event : page.items) {
        if (event.type.starts_with("reservation.") && event.data.contains("lines")) {
            for (const auto& line : event.data.at("lines"))
                pages_.product_changed(line.value("product_id", ""));
            continue;
        }
        pages_.product_changed(event.subject);
    }
}

bool CatalogueFeed::pass(std::int64_t wait_seconds) {
    static const auto& row = catalogue_needs().at("events");
    const bool first = after_ < 0;
    api::CallOptions options;
    options.query = {{"limit", std::to_string(limits::kPageItemsMax)},
                     {"after", std::to_string(std::max<std::int64_t>(after_, 0))},
                     {"wait", std::to_string(first ? 0 : wait_seconds)}};
    const auto page = products_.call<api::EventPage>(row, {}, options);
    if (!page) {
        // What is missed meanwhile is not known: everything is looked at again afterwards.
        after_ = -1;
        return false;
    }
    if (first || page->last < after_) {  // or a productd of before, out of a backup
        pages_.all_changed();
        after_ = page->last;
        return true;
    }
    take_in(*page);
    after_ = page->next;
    return true;
}

void CatalogueFeed::start() {
    rounds_.start([this](const std::stop_token&) -> Millis {
        return pass(kWaitSeconds) ? Millis(0) : Millis(kPauseWhileSilent);
    });
}

}  // namespace shop::storefront
