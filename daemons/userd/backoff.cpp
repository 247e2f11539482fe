#include "userd/backoff.hpp"

#include <algorithm>

namespace shop::users {
namespace {

constexpr std::size_t kAccountsMax = 10'000;  // then all is forgiven: an attacker gains one round

std::chrono::seconds wait_after(int failures) {
    const int doublings = std::min(failures - kFailuresFree, 6);
    return std::min(kWaitMax, std::chrono::seconds(1LL << doublings));
}

}  // namespace

Result<void> SignInBackoff::check(const std::string& account, Time now) {
    const std::lock_guard lock(mutex_);
    const auto at = states_.find(account);
    if (at == states_.end() || at->second.not_before <= now) return {};
    const auto left = std::chrono::ceil<std::chrono::seconds>(at->second.not_before - now);
    Error error{Code::resource_exhausted, "Too many failed sign-ins. Wait " +
                                              std::to_string(left.count()) + " s and try again."};
    error.retry_after_seconds = static_cast<int>(left.count());
    return tl::make_unexpected(std::move(error));
}

void SignInBackoff::failed(const std::string& account, Time now) {
    const std::lock_guard lock(mutex_);
    if (states_.size() >= kAccountsMax) states_.clear();
    State& state = states_[account];
    if (++state.failures >= kFailuresFree) state.not_before = now + wait_after(state.failures);
}

void SignInBackoff::succeeded(const std::string& account) {
    const std::lock_guard lock(mutex_);
    states_.erase(account);
}

}  // namespace shop::users
