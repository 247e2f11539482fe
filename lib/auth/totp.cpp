#include "auth/totp.hpp"

#include <fmt/format.h>
#include <liboath/oath.h>
#include <sodium.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::auth {
namespace {

constexpr unsigned kDigits = 6;
constexpr unsigned kStepSeconds = 30;
constexpr std::size_t kSecretBytes = 20;

// What liboath has allocated.
struct Freed {
    void operator()(char* bytes) const { std::free(bytes); }
};
using OathBytes = std::unique_ptr<char, Freed>;

std::string from_base32(const std::string& text) {
    char* bytes = nullptr;
    std::size_t size = 0;
    if (oath_base32_decode(text.data(), text.size(), &bytes, &size) != OATH_OK) return "";
    const OathBytes owner(bytes);
    return {bytes, size};
}

}  // namespace

std::string new_totp_secret() {
    const std::string secret = random_bytes(kSecretBytes);
    char* text = nullptr;
    std::size_t size = 0;
    if (oath_base32_encode(secret.data(), secret.size(), &text, &size) != OATH_OK) std::abort();
    const OathBytes owner(text);
    return {text, size};
}

std::string totp_code(const std::string& secret, std::int64_t step) {
    const std::string key = from_base32(secret);
    std::array<char, kDigits + 1> code{};
    if (key.empty() || oath_totp_generate(key.data(), key.size(), step * kStepSeconds, kStepSeconds,
                                          0, kDigits, code.data()) != OATH_OK)
        return "";
    return code.data();
}

std::int64_t totp_step(Time now) {
    return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() / kStepSeconds;
}

std::optional<std::int64_t> find_totp_step(const std::string& secret, std::string_view code,
                                           Time now, std::int64_t last_used) {
    if (code.size() != kDigits) return std::nullopt;
    const std::int64_t middle = totp_step(now);
    for (std::int64_t step = middle - 1; step <= middle + 1; ++step) {
        const std::string right = totp_code(secret, step);
        if (step > last_used && right.size() == kDigits &&
            sodium_memcmp(right.data(), code.data(), kDigits) == 0)
            return step;
    }
    return std::nullopt;
}

std::string totp_uri(const std::string& secret, std::string_view issuer, std::string_view account) {
    return fmt::format(
        "otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits={3}"
        "&period={4}",
        percent_encode(issuer), percent_encode(account), secret, kDigits, kStepSeconds);
}

}  // namespace shop::auth
