#include "storefrontd/sealing.hpp"

#include <sodium.h>

#include <cassert>

#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::storefront {
namespace {

constexpr std::size_t kNonceBytes = crypto_secretbox_NONCEBYTES;
static_assert(kKeyBytes == crypto_secretbox_KEYBYTES);
static_assert(kKeyBytes == crypto_auth_hmacsha256_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string masked(std::string_view text, std::string_view mask) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ mask[i]);
    return out;
}

}  // namespace

std::string mac(std::string_view key, std::string_view data) {
    assert(key.size() == kKeyBytes);
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256(bytes_of(out), bytes_of(data), data.size(), bytes_of(key));
    return out;
}

std::string seal(std::string_view key, std::string_view plain) {
    assert(key.size() == kKeyBytes);
    const std::string nonce = random_bytes(kNonceBytes);
    std::string box(crypto_secretbox_MACBYTES + plain.size(), '\0');
    crypto_secretbox_easy(bytes_of(box), bytes_of(plain), plain.size(),
                          bytes_of(std::string_view(nonce)), bytes_of(key));
    return nonce + box;
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed) {
    assert(key.size() == kKeyBytes);
    if (sealed.size() < kNonceBytes + crypto_secretbox_MACBYTES) return std::nullopt;
    const auto box = sealed.substr(kNonceBytes);
    std::string plain(box.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes_of(plain), bytes_of(box), box.size(), bytes_of(sealed),
                                   bytes_of(key)) != 0)
        return std::nullopt;
    return plain;
}

std::string form_token(std::string_view key, std::string_view cookie) {
    const std::string mask = random_bytes(kKeyBytes);
    return base64url(mask + masked(mac(key, cookie), mask));
}

bool is_form_token(std::string_view key, std::string_view cookie, std::string_view token) {
    const auto bytes = from_base64url(token);
    if (!bytes || bytes->size() != 2 * kKeyBytes) return false;
    const auto mask = std::string_view(*bytes).substr(0, kKeyBytes);
    const auto said = masked(std::string_view(*bytes).substr(kKeyBytes), mask);
    return sodium_memcmp(said.data(), mac(key, cookie).data(), kKeyBytes) == 0;
}

}  // namespace shop::storefront
