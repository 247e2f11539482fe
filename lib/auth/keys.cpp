#include "auth/keys.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "auth/pem.hpp"
#include "auth/token.hpp"
#include "base/file.hpp"
#include "base/random.hpp"

namespace shop::auth {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;  // a P-256 key has 250
// Who signs for people, and so changes the key now and then (signing_keys.hpp).
constexpr std::string_view kRotating = "userd";

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Result<std::string> read_key(const std::filesystem::path& path,
                             decltype(&PEM_read_bio_PUBKEY) reader) {
    SHOP_TRY(pem, read_file(path, kKeyFileBytesMax));
    if (!is_p256(parse_pem(pem, reader).get()))
        return fail(Code::failed_precondition,
                    fmt::format("{} is not a PEM key on the curve P-256; remove the pair "
                                "and start its service again, which makes a new one",
                                path.string()));
    return std::move(pem);
}

// Whoever links first wins: link() does not replace, so that a key that another process has read
// already stays.
Result<void> make_private_file(const std::filesystem::path& path) {
    SHOP_TRY(pem, make_private_key());
    const std::filesystem::path beside = path.string() + "." + random_token(8);
    SHOP_CHECK(write_file(beside, pem, kPrivateMode));
    const int error = ::link(beside.c_str(), path.c_str()) == 0 ? 0 : errno;
    ::unlink(beside.c_str());
    if (error == 0 || error == EEXIST) return {};
    return fail(Code::internal, fmt::format("cannot write {}: {}", path.string(),
                                            std::generic_category().message(error)));
}

// The private key, which is made where there is none.
Result<std::string> ensure_private_key(const std::filesystem::path& folder,
                                       const std::string& name) {
    auto pem = read_private_key(folder, name);
    if (pem || pem.error().code != Code::not_found) return pem;
    SHOP_CHECK(make_private_file(key_path(folder, name)));
    return read_private_key(folder, name);
}

// The private key of the pair.
Result<std::string> ensure_pair(const std::filesystem::path& folder, const std::string& name) {
    SHOP_TRY(private_pem, ensure_private_key(folder, name));
    // Always from the key that is there, so that the two match whatever happened in between.
    SHOP_TRY(public_pem, derive_public_key(private_pem));
    const auto present = read_file(public_path(folder, name), kKeyFileBytesMax);
    if (!present || *present != public_pem)
        SHOP_CHECK(write_file(public_path(folder, name), public_pem, kPublicMode));
    return std::move(private_pem);
}

}  // namespace

std::filesystem::path key_path(const std::filesystem::path& folder, const std::string& name) {
    return folder / (name + ".key");
}

std::filesystem::path public_path(const std::filesystem::path& folder, const std::string& name) {
    return folder / (name + ".pub");
}

Result<std::string> make_private_key() {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    if (!key || !bio ||
        PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return fail(Code::internal, "OpenSSL could not make a key on P-256");
    return text_of(bio.get());
}

Result<std::string> derive_public_key(const std::string& private_pem) {
    const Key key = parse_pem(private_pem, PEM_read_bio_PrivateKey);
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    if (!key || !bio || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1)
        return fail(Code::internal, "OpenSSL could not derive a public key");
    return text_of(bio.get());
}

Result<std::string> read_private_key(const std::filesystem::path& folder, const std::string& name) {
    return read_key(key_path(folder, name), PEM_read_bio_PrivateKey);
}

Result<std::string> read_public_key(const std::filesystem::path& folder, const std::string& name) {
    return read_key(public_path(folder, name), PEM_read_bio_PUBKEY);
}

Result<void> ensure_keys(const std::filesystem::path& folder, const std::string& name) {
    SHOP_CHECK(make_folder(folder, 0755));
    SHOP_TRY(current, ensure_pair(folder, name));
    if (name != kRotating) return {};
    const std::string next_name = name + ".next";
    // A next key that is the current one, as a copied file would be, could not end it.
    if (read_private_key(folder, next_name).value_or("") == current)
        ::unlink(key_path(folder, next_name).c_str());
    SHOP_CHECK(ensure_pair(folder, next_name));
    return {};
}

}  // namespace shop::auth
