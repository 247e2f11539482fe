#include "userd/backoff.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace shop::users {
namespace {

constexpr std::size_t kStatesMax = 10'000;  // then all is forgiven: an attacker gains one round
constexpr std::size_t kPrefixBytes = 8;     // of IPv6: who has one address has its /64

// What counts as one address; empty for what is none.
std::string counted_address(const std::string& address) {
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return address;
    in6_addr six{};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return "";
    if (IN6_IS_ADDR_V4MAPPED(&six)) return address;
    return {reinterpret_cast<const char*>(six.s6_addr), kPrefixBytes};
}

Failure slowed_down(const std::string& why, std::chrono::seconds left) {
    return Failure(
        Error{.code = Code::resource_exhausted,
              .message = why + " Wait " + std::to_string(left.count()) + " s and try again.",
              .retry_after_seconds = static_cast<int>(left.count())});
}

}  // namespace

std::chrono::seconds SignInBackoff::Counts::enter(const std::string& who, Time now) {
    using std::chrono::seconds;
    if (states_.size() >= kStatesMax)
        std::erase_if(states_, [](const auto& entry) { return entry.second.under_way == 0; });
    State& state = states_[who];
    if (state.failures > 0 && now - state.failed_at >= kForgotten) {
        state.failures = 0;
        state.not_before = Time{};
    }
    const bool busy = state.under_way > 0 && state.failures + state.under_way >= failures_free_;
    if (busy || now < state.not_before)
        return std::max(seconds(1), std::chrono::ceil<seconds>(state.not_before - now));
    ++state.under_way;
    return seconds(0);
}

void SignInBackoff::Counts::leave(const std::string& who, End how, Time now) {
    const auto at = states_.find(who);
    if (at == states_.end()) return;
    State& state = at->second;
    --state.under_way;
    if (how == End::failed) {
        state.failed_at = now;
        const int beyond = ++state.failures - failures_free_;
        if (beyond >= 0)
            state.not_before =
                now + std::min(kWaitMax, std::chrono::seconds(1LL << std::min(beyond, 6)));
    }
    if (how == End::succeeded) {
        state.failures = 0;
        state.not_before = Time{};
    }
    if (state.failures == 0 && state.under_way == 0) states_.erase(at);
}

SignInBackoff::Attempt::Attempt(Attempt&& other) noexcept
    : backoff_(std::exchange(other.backoff_, nullptr)),
      account_(std::move(other.account_)),
      address_(std::move(other.address_)) {}

void SignInBackoff::Attempt::end(End how, Time now) {
    SignInBackoff* backoff = std::exchange(backoff_, nullptr);
    if (!backoff) return;
    const std::lock_guard lock(backoff->mutex_);
    backoff->accounts_.leave(account_, how, now);
    if (!address_.empty())
        backoff->addresses_.leave(address_, how == End::succeeded ? End::unknown : how, now);
}

Result<SignInBackoff::Attempt> SignInBackoff::begin(const std::string& account,
                                                    const std::string& address, Time now) {
    std::string counted = counted_address(address);
    const std::lock_guard lock(mutex_);
    if (const auto left = accounts_.enter(account, now); left.count() > 0)
        return slowed_down("Too many failed sign-ins.", left);
    const auto left = counted.empty() ? std::chrono::seconds(0) : addresses_.enter(counted, now);
    if (left.count() == 0) return Attempt(*this, account, std::move(counted));
    accounts_.leave(account, End::unknown, now);
    return slowed_down("Too many failed sign-ins from your address.", left);
}

}  // namespace shop::users
