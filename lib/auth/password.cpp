#include "auth/password.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/waiting.hpp"

namespace shop::auth {
namespace {

constexpr auto kTurnWait = std::chrono::seconds(2);
constexpr std::size_t kWaitingPerCore = 4;

std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

// A counting semaphore with a bounded queue and wait.
class Turns {
public:
    bool take() {
        std::unique_lock lock(mutex_);
        if (callers_ >= callers_max_) return false;
        ++callers_;
        const bool mine = freed_.wait_for(lock, kTurnWait, [this] { return running_ < cores_; });
        if (mine)
            ++running_;
        else
            --callers_;
        return mine;
    }
    void give() {
        {
            const std::lock_guard lock(mutex_);
            --running_;
            --callers_;
        }
        freed_.notify_one();
    }
    void set_callers_max(std::size_t callers) {
        const std::lock_guard lock(mutex_);
        callers_max_ = std::clamp(callers, std::size_t{1}, cores_ * (1 + kWaitingPerCore));
    }

private:
    const std::size_t cores_ = cores();
    std::mutex mutex_;
    std::condition_variable freed_;
    // Guarded by mutex_.
    std::size_t running_ = 0;
    std::size_t callers_ = 0;  // running or waiting
    std::size_t callers_max_ = cores_ * (1 + kWaitingPerCore);
};

Turns& turns() {
    static Turns instance;
    return instance;
}

class Turn {
public:
    Turn() : taken_(turns().take()) {}
    ~Turn() {
        if (taken_) turns().give();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool taken() const { return taken_; }

private:
    const bool taken_;
};

Failure busy() {
    return Failure(Error{.code = Code::unavailable,
                         .message = "too many people sign in at this moment; try again",
                         .retry_after_seconds = 1});
}

void start_sodium() {
    static const bool started = sodium_init() >= 0;
    if (!started) std::abort();
}

// A well-formed hash that no password has (all zeros), with the cost of a real one.
std::string impossible_hash(const PasswordCost& cost) {
    return fmt::format("$argon2id$v=19$m={},t={},p=1${:A<22}${:A<43}", cost.memory_bytes / 1024,
                       cost.passes, "", "");
}

}  // namespace

void set_hash_callers_max(std::size_t callers) { turns().set_callers_max(callers); }

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
    start_sodium();
    const Waiting waiting;
    const Turn turn;
    if (!turn.taken()) return busy();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    errno = 0;
    if (crypto_pwhash_str(hash.data(), password.data(), password.size(), cost.passes,
                          cost.memory_bytes) == 0)
        return std::string(hash.data());
    if (errno == ENOMEM) return busy();
    return fail(Code::internal, "the password could not be hashed; check the configured cost");
}

Result<bool> verify_password(std::string_view password, std::string_view hash,
                             const PasswordCost& cost) {
    start_sodium();
    const Waiting waiting;
    const Turn turn;
    if (!turn.taken()) return busy();
    const std::string stored = hash.empty() ? impossible_hash(cost) : std::string(hash);
    errno = 0;
    if (crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0)
        return !hash.empty();
    // libsodium says EINVAL for a wrong password; anything else is not the caller's fault.
    if (errno == EINVAL) return false;
    if (errno == ENOMEM) return busy();
    return fail(Code::internal, "a stored password hash cannot be read");
}

bool needs_rehash(const std::string& hash, const PasswordCost& cost) {
    return crypto_pwhash_str_needs_rehash(hash.c_str(), cost.passes, cost.memory_bytes) != 0;
}

}  // namespace shop::auth
