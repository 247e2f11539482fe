// Random bytes from the kernel, and digests. Both by libsodium.
//
// Thread safety: any thread. A process without randomness ends (sodium's own rule).
#pragma once

#include <string>
#include <string_view>

namespace shop {

std::string random_bytes(std::size_t count);
// URL-safe text with `bytes` bytes of randomness, for keys and passwords.
std::string random_token(std::size_t bytes);
std::string sha256(std::string_view data);  // 32 raw bytes
std::string sha256_hex(std::string_view data);

}  // namespace shop
