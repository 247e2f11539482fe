#include "base/random.hpp"

#include <sodium.h>
#include <array>
#include <cassert>
#include <cstdlib>

#include "base/text.hpp"

namespace shop {
namespace {

void start_sodium() {
    static const bool started = sodium_init() >= 0;
    if (!started) std::abort();
}

}  // namespace

std::string random_bytes(std::size_t count) {
    start_sodium();
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string id_bytes(std::size_t count) {
    constexpr std::size_t kMax = 64;
    assert(count <= kMax);
    thread_local std::string stock;
    if (stock.size() < count) stock = random_bytes(16 * kMax);
    const std::size_t left = stock.size() - count;
    std::string bytes = stock.substr(left);
    stock.erase(left);
    return bytes;
}

std::string random_token(std::size_t bytes) { return base64url(random_bytes(bytes)); }

std::string sha256(std::string_view data) {
    start_sodium();
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(data.data()),
                       data.size());
    return {digest.begin(), digest.end()};
}

std::string sha256_hex(std::string_view data) { return to_hex(sha256(data)); }

struct Sha256::State {
    crypto_hash_sha256_state hash;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    start_sodium();
    crypto_hash_sha256_init(&state_->hash);
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view data) {
    crypto_hash_sha256_update(&state_->hash, reinterpret_cast<const unsigned char*>(data.data()),
                              data.size());
}

std::string Sha256::hex() {
    std::string digest(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256_final(&state_->hash, reinterpret_cast<unsigned char*>(digest.data()));
    return to_hex(digest);
}

}  // namespace shop
