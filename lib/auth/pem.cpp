#include "auth/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>

namespace shop::auth {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

// An encrypted file must not make OpenSSL ask for its password on the terminal.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

Key parse_pem(const std::string& pem, decltype(&PEM_read_bio_PUBKEY) reader) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    Key key(bio ? reader(bio.get(), nullptr, no_password, nullptr) : nullptr, EVP_PKEY_free);
    ERR_clear_error();
    return key;
}

bool is_p256(const EVP_PKEY* key) {
    std::string curve(32, '\0');
    std::size_t size = 0;
    if (key == nullptr || EVP_PKEY_is_a(key, "EC") != 1 ||
        EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &size) != 1)
        return false;
    return curve.substr(0, size) == "prime256v1";
}

}  // namespace shop::auth
