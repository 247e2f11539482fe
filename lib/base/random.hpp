// Random bytes from the kernel, and digests. Both by libsodium.
//
// Thread safety: any thread. A process without randomness ends (sodium's own rule).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace shop {

std::string random_bytes(std::size_t count);
// The same for ids, which have to be unique and are no secret: out of a buffer in each thread, as a
// call of the kernel for each would be a tenth of a small request's time. At most 64 bytes.
std::string id_bytes(std::size_t count);
// URL-safe text with `bytes` bytes of randomness, for keys and passwords.
std::string random_token(std::size_t bytes);
std::string sha256(std::string_view data);  // 32 raw bytes
std::string sha256_hex(std::string_view data);

// The same of data that comes in pieces. One owner.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    void add(std::string_view data);
    // Once, at the end.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace shop
