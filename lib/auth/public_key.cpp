#include "auth/public_key.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>

#include "auth/pem.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::auth {
namespace {

constexpr std::size_t kNumberBytes = 32;  // r, s, x and y alike
constexpr std::size_t kDerBytesMax =
    72;  // of a signature: two numbers of 33 bytes, and their heads

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// One coordinate of the point; empty where OpenSSL does not have it.
std::string coordinate(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    EVP_PKEY_get_bn_param(key, name, &raw);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(raw, BN_free);
    std::array<unsigned char, kNumberBytes> bytes{};
    if (!number || BN_bn2binpad(number.get(), bytes.data(), kNumberBytes) < 0) return "";
    return base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// OpenSSL takes a signature in DER. Empty where it can't be written so.
std::string der_of(std::string_view signature) {
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(),
                                                                     ECDSA_SIG_free);
    BIGNUM* r = BN_bin2bn(bytes_of(signature), kNumberBytes, nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(signature.substr(kNumberBytes)), kNumberBytes, nullptr);
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return "";
    }
    std::array<unsigned char, kDerBytesMax> der{};
    unsigned char* end = der.data();
    const int size = i2d_ECDSA_SIG(pair.get(), &end);
    return {reinterpret_cast<const char*>(der.data()), static_cast<std::size_t>(std::max(size, 0))};
}

}  // namespace

Result<PublicKey> PublicKey::parse(std::string pem) {
    const auto parsed = parse_pem(pem, PEM_read_bio_PUBKEY);
    if (!is_p256(parsed.get()))
        return fail(Code::failed_precondition, "not a public key on the curve P-256, in PEM");
    PublicKey key;
    key.x_ = coordinate(parsed.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    key.y_ = coordinate(parsed.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    if (key.x_.empty() || key.y_.empty())
        return fail(Code::internal, "OpenSSL does not say where a key's point is");
    EVP_PKEY_up_ref(parsed.get());
    key.key_.reset(parsed.get(), EVP_PKEY_free);
    key.pem_ = std::move(pem);
    // The members' order and the missing blanks are RFC 7638's.
    key.kid_ = base64url(
        sha256(fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})", key.x_, key.y_)));
    return key;
}

bool PublicKey::holds(std::string_view text, std::string_view signature) const {
    if (signature.size() != 2 * kNumberBytes) return false;
    const std::string der = der_of(signature);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    const bool good =
        !der.empty() && context &&
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) ==
            1;
    ERR_clear_error();
    return good;
}

}  // namespace shop::auth
