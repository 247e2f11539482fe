// Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 s, as every
// authenticator app has them. By liboath.
//
// A step is the number of half minutes since 1970. Secrets are base32 (RFC 4648 section 6).
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace shop::auth {

std::string new_totp_secret();  // 160 bits, as RFC 4226 advises
// "287082". Empty where `secret` is no base32.
std::string totp_code(const std::string& secret, std::int64_t step);
std::int64_t totp_step(Time now);
// The step that `code` belongs to: this one or one beside it, since clocks and people differ, and
// behind `last_used`, since a code works once. Nothing where it belongs to none.
std::optional<std::int64_t> find_totp_step(const std::string& secret, std::string_view code,
                                           Time now, std::int64_t last_used);
// What an authenticator app reads from a QR code: "otpauth://totp/…".
std::string totp_uri(const std::string& secret, std::string_view issuer, std::string_view account);

}  // namespace shop::auth
