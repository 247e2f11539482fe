// What storefrontd seals and signs, all by libsodium: sessions, so that the store alone gives
// nobody's access away, and the tokens of forms.
//
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shop::storefront {

inline constexpr std::size_t kKeyBytes = 32;

// HMAC-SHA-256: 32 bytes that only who has the key can make. `key` has kKeyBytes.
std::string mac(std::string_view key, std::string_view data);
// XSalsa20-Poly1305 with a nonce of its own in front. `key` has kKeyBytes.
std::string seal(std::string_view key, std::string_view plain);
// Nothing where it was not sealed with this key, or was changed since.
std::optional<std::string> unseal(std::string_view key, std::string_view sealed);

// The token that a form carries: shows that the page which it stands on was made for this browser
// (`cookie` is its session's). It looks different each time, so that nothing can be guessed from
// the length of compressed pages (BREACH).
std::string form_token(std::string_view key, std::string_view cookie);
bool is_form_token(std::string_view key, std::string_view cookie, std::string_view token);
// Length of any form_token().
inline constexpr std::size_t kFormTokenBytes = 86;

}  // namespace shop::storefront
