#include "runtime/refusals.hpp"

#include "runtime/log.hpp"

namespace shop::runtime {
namespace {

constexpr std::size_t kNotedMax = 300;  // in a minute: 200 MB a day at worst
constexpr auto kApart = std::chrono::minutes(1);

}  // namespace

bool Refusals::is_due(const std::string& key, Time now) {
    const std::lock_guard lock(mutex_);
    // A clock that was set back must not silence it.
    const auto over = [&](Time at) { return now < at || now - at >= kApart; };
    if (const auto at = noted_.find(key); at != noted_.end() && !over(at->second)) return false;
    std::erase_if(noted_, [&](const auto& entry) { return over(entry.second); });
    if (noted_.size() >= kNotedMax) return false;
    noted_[key] = now;
    return true;
}

void Refusals::note(const events::Origin& origin, const std::string& subject,
                    const std::string& reason, const std::string& key) {
    if (!is_due(key, origin.now)) return;
    const auto written = store_.write([&](store::Transaction& tx) -> Result<void> {
        events::Change(tx, journal_, origin).refuse(subject, reason);
        return {};
    });
    if (!written)
        log::warning("a refusal is not in the audit log",
                     {{"why", written.error().message}, {"request_id", origin.request_id}});
}

}  // namespace shop::runtime
