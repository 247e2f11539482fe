// Slows down guessing of passwords: after a few failures in a row an account answers no sign-in for
// a while, longer each time, and never for good.
//
// Thread safety: any thread. In memory: a restart forgives.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::users {

inline constexpr int kFailuresFree = 5;
inline constexpr std::chrono::seconds kWaitMax{60};

class SignInBackoff {
public:
    // resource_exhausted, with how long to wait, while `account` is slowed down.
    Result<void> check(const std::string& account, Time now);
    void failed(const std::string& account, Time now);
    void succeeded(const std::string& account);

private:
    struct State {
        int failures = 0;
        Time not_before{};
    };
    std::mutex mutex_;
    std::unordered_map<std::string, State> states_;
};

}  // namespace shop::users
