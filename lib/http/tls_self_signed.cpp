#include "http/tls_self_signed.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <string>

#include "base/file.hpp"

namespace shop::http {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&::X509_free)>;
using Memory = std::unique_ptr<BIO, decltype(&::BIO_free)>;

constexpr std::time_t kDay = 24 * 60 * 60;
constexpr int kCertificateDays = 397;
constexpr int kSerialBits = 127;

bool add_extension(X509* certificate, int nid, const char* value) {
    X509V3_CTX context;
    ::X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> extension(
        ::X509V3_EXT_conf_nid(nullptr, &context, nid, value), ::X509_EXTENSION_free);
    return extension && ::X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
    const std::unique_ptr<BIGNUM, decltype(&::BN_free)> serial(::BN_new(), ::BN_free);
    return serial &&
           ::BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
           ::BN_to_ASN1_INTEGER(serial.get(), ::X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509* certificate) {
    constexpr std::array<unsigned char, 9> name{'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't'};
    X509_NAME* subject = ::X509_get_subject_name(certificate);
    return ::X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC, name.data(),
                                        static_cast<int>(name.size()), -1, 0) == 1 &&
           ::X509_set_issuer_name(certificate, subject) == 1;
}

Certificate sign_itself(EVP_PKEY* key, Time now) {
    Certificate made(::X509_new(), ::X509_free);
    X509* raw = made.get();
    const auto from = std::chrono::system_clock::to_time_t(now);
    const bool done =
        raw != nullptr && ::X509_set_version(raw, X509_VERSION_3) == 1 && set_serial(raw) &&
        ::ASN1_TIME_set(::X509_getm_notBefore(raw), from) != nullptr &&
        ::ASN1_TIME_set(::X509_getm_notAfter(raw), from + kCertificateDays * kDay) != nullptr &&
        set_name(raw) && ::X509_set_pubkey(raw, key) == 1 &&
        add_extension(raw, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
        add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(raw, NID_ext_key_usage, "serverAuth") &&
        ::X509_sign(raw, key, ::EVP_sha256()) != 0;
    if (!done) made.reset();
    return made;
}

std::string text_of(BIO* memory) {
    std::string text;
    std::array<char, 1024> buffer{};
    for (int n = 0; (n = ::BIO_read(memory, buffer.data(), int(buffer.size()))) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(n));
    return text;
}

}  // namespace

Result<void> make_self_signed(const std::filesystem::path& certificate,
                              const std::filesystem::path& key, Time now) {
    const Failure failed = fail(Code::internal, "a certificate for localhost could not be made");
    const Key pair(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), ::EVP_PKEY_free);
    if (!pair) return failed;
    const Certificate made = sign_itself(pair.get(), now);
    const Memory key_text(::BIO_new(::BIO_s_mem()), ::BIO_free);
    const Memory text(::BIO_new(::BIO_s_mem()), ::BIO_free);
    if (!made || !key_text || !text || ::PEM_write_bio_X509(text.get(), made.get()) != 1 ||
        ::PEM_write_bio_PKCS8PrivateKey(key_text.get(), pair.get(), nullptr, nullptr, 0, nullptr,
                                        nullptr) != 1)
        return failed;
    SHOP_CHECK(write_file(key, text_of(key_text.get()), 0600));
    return write_file(certificate, text_of(text.get()), 0644);
}

}  // namespace shop::http
