// TLS 1.2 and 1.3 by OpenSSL, for the front and the client.
//
// Versions, ciphers and curves are Mozilla's "intermediate" choice (forward secrecy and AEAD only):
// https://wiki.mozilla.org/Security/Server_Side_TLS. No renegotiation, no compression. An idle
// connection took 14 KiB in all when it was measured; they are not in the memory budget, but
// bounded by connections_max.
//
// Thread safety: both may be shared; a session belongs to its channel.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "http/channel.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace shop::http {

// In OpenSSL's words; TLS 1.3 has three ciphers of its own, all of them good.
inline constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
inline constexpr const char* kTlsCurves = "X25519:P-256:P-384";

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// What new sessions are made of; it may be changed while others are open.
class ChangingContext {
public:
    TlsContext get() const {
        const std::lock_guard lock(mutex_);
        return context_;
    }
    void set(TlsContext fresh) {
        const std::lock_guard lock(mutex_);
        context_.swap(fresh);
    }

private:
    mutable std::mutex mutex_;
    TlsContext context_;  // guarded by mutex_
};

// PEM files of one side: a certificate with its chain, leaf first, its private key, which others
// than owner and group must not be able to read, and the authorities that the other side's
// certificate has to be of.
struct TlsFiles {
    std::filesystem::path certificate = {};
    std::filesystem::path key = {};
    std::filesystem::path authorities = {};
};

// The server's side: a certificate and its key. With authorities, clients have to show a
// certificate of one of these; without, they are asked for none.
class TlsServer {
public:
    // invalid_argument names the file and the remedy.
    static Result<std::shared_ptr<TlsServer>> load(TlsFiles files);
    // Reads the files again, for new connections. Where that fails the old ones stay in use.
    Result<void> reload();
    // A channel that waits for the client's handshake.
    Channel accept(Socket socket) const;
    // When the certificate ends.
    Time not_after() const;

private:
    explicit TlsServer(TlsFiles files) : files_(std::move(files)) {}

    const TlsFiles files_;
    ChangingContext context_;
};

// The client's side: checks the server's name, and trusts the given authorities; without such,
// those of the system, or of SSL_CERT_FILE and SSL_CERT_DIR (see openssl-env(7)). Its certificate,
// where it has one, is shown to servers that ask for one.
class TlsClient {
public:
    // invalid_argument names the file and the remedy.
    static Result<std::shared_ptr<TlsClient>> make(TlsFiles files = {});
    // The same, but it believes every server: for whoever asks their own machine what is no secret,
    // by an address that no certificate names.
    static Result<std::shared_ptr<TlsClient>> make_unchecked(TlsFiles files);
    // As TlsServer's.
    Result<void> reload();
    // A channel that begins the handshake when it is used. `host`: a name, or a numeric address.
    Channel open(Socket socket, const std::string& host) const;

private:
    TlsClient(TlsFiles files, bool checks) : files_(std::move(files)), checks_(checks) {}

    const TlsFiles files_;
    const bool checks_;  // the server's certificate
    ChangingContext context_;
};

}  // namespace shop::http
