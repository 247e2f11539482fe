#include "auth/password.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "base/text.hpp"

namespace shop::auth {
namespace {

constexpr std::size_t kPasswordBytesMin = 8;
constexpr std::size_t kPasswordBytesMax = 256;
constexpr auto kTurnWait = std::chrono::seconds(2);

// A counting semaphore with a bounded wait; GCC 12's std::counting_semaphore can miss a wake-up.
class Turns {
public:
    bool take() {
        std::unique_lock lock(mutex_);
        if (!freed_.wait_for(lock, kTurnWait, [this] { return free_ > 0; })) return false;
        --free_;
        return true;
    }
    void give() {
        {
            const std::lock_guard lock(mutex_);
            ++free_;
        }
        freed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable freed_;
    int free_ = kHashesAtOnce;  // guarded by mutex_
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

Result<void> check_new_password(std::string_view password, std::string_view username) {
    const auto refuse = [](std::string message) {
        return fail_field("/password", std::move(message));
    };
    if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax)
        return refuse(
            fmt::format("must have {} to {} bytes", kPasswordBytesMin, kPasswordBytesMax));
    if (!is_utf8(password)) return refuse("must be UTF-8");
    if (trim(password).empty()) return refuse("must not be blank");
    if (to_lower(password) == to_lower(username)) return refuse("must not be the username");
    return {};
}

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
    start_sodium();
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

}  // namespace shop::auth
