// Keys in PEM, as OpenSSL reads them. Inside lib/auth only.
//
// Thread safety: free functions without shared state.
#pragma once

#include <openssl/pem.h>

#include <memory>
#include <string>

namespace shop::auth {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// `reader` is PEM_read_bio_PUBKEY or PEM_read_bio_PrivateKey. Null where the text is none.
Key parse_pem(const std::string& pem, decltype(&PEM_read_bio_PUBKEY) reader);
// Null is none.
bool is_p256(const EVP_PKEY* key);

}  // namespace shop::auth
