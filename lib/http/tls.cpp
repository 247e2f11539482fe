#include "http/tls.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <array>
#include <cassert>
#include <ctime>
#include <new>

namespace shop::http {
namespace {

constexpr std::string_view kHttp11 = "\x08http/1.1";  // as in RFC 7301, 3.1

std::string library_error() {
    const auto error = ::ERR_peek_last_error();
    const char* reason = ::ERR_reason_error_string(error);
    return reason != nullptr ? reason : "unknown";
}

Failure unusable(const std::filesystem::path& file, std::string_view why) {
    return fail(Code::invalid_argument, fmt::format("{}: {}", file.string(), why));
}

TlsContext new_context(const SSL_METHOD* method) {
    ::ERR_clear_error();
    TlsContext context(::SSL_CTX_new(method), ::SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    SSL_CTX* raw = context.get();
    ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    ::SSL_CTX_set_options(
        raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Idle connections keep no buffers; a part that was sent is told; what is sent may have moved.
    ::SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ::SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    [[maybe_unused]] const bool known = ::SSL_CTX_set_cipher_list(raw, kTls12Ciphers) == 1 &&
                                        ::SSL_CTX_set1_groups_list(raw, kTlsCurves) == 1;
    assert(known);
    return context;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    const auto* ours = reinterpret_cast<const unsigned char*>(kHttp11.data());
    unsigned char* found = nullptr;
    const int result = ::SSL_select_next_proto(&found, size, ours, unsigned(kHttp11.size()),
                                               offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// A key that everybody can read is no secret any more.
Result<void> check_mode(const std::filesystem::path& key) {
    struct stat status {};
    if (::stat(key.c_str(), &status) != 0) return unusable(key, error_text(errno));
    if ((status.st_mode & 07) == 0) return {};
    return unusable(key, "everybody may read this private key; run: chmod o= " + key.string());
}

Result<void> use_certificate(SSL_CTX* raw, const TlsFiles& files) {
    SHOP_CHECK(check_mode(files.key));
    if (::SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1)
        return unusable(files.certificate,
                        "this is no readable PEM certificate (" + library_error() +
                            "); give the certificate with its chain, leaf first");
    if (::SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        ::SSL_CTX_check_private_key(raw) != 1)
        return unusable(files.key, "this is no readable PEM key of " + files.certificate.string() +
                                       " (" + library_error() +
                                       "); give the key that belongs to it, without "
                                       "a passphrase");
    return {};
}

Result<void> use_authorities(SSL_CTX* raw, const std::filesystem::path& authorities) {
    if (::SSL_CTX_load_verify_file(raw, authorities.c_str()) == 1) return {};
    return unusable(authorities, "these are no readable PEM certificates (" + library_error() +
                                     "); give those of the authorities to trust");
}

// A session that is gone on with shows no certificate, so none is.
Result<void> demand_certificate(SSL_CTX* raw, const std::filesystem::path& authorities) {
    SHOP_CHECK(use_authorities(raw, authorities));
    ::SSL_CTX_set_client_CA_list(raw, ::SSL_load_client_CA_file(authorities.c_str()));
    ::SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    ::SSL_CTX_set_options(raw, SSL_OP_NO_TICKET);
    ::SSL_CTX_set_num_tickets(raw, 0);
    return {};
}

Result<TlsContext> server_context(const TlsFiles& files) {
    TlsContext context = new_context(::TLS_server_method());
    SHOP_CHECK(use_certificate(context.get(), files));
    if (!files.authorities.empty())
        SHOP_CHECK(demand_certificate(context.get(), files.authorities));
    ::SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    return context;
}

Result<TlsContext> client_context(const TlsFiles& files, bool checks) {
    TlsContext context = new_context(::TLS_client_method());
    SSL_CTX* raw = context.get();
    if (!files.certificate.empty()) SHOP_CHECK(use_certificate(raw, files));
    if (!checks) return context;
    if (!files.authorities.empty())
        SHOP_CHECK(use_authorities(raw, files.authorities));
    else if (::SSL_CTX_set_default_verify_paths(raw) != 1)
        return fail(Code::unavailable,
                    "the authorities that certificates are checked with cannot "
                    "be read: " +
                        library_error());
    ::SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    return context;
}

TlsSession new_session(SSL_CTX* context, int fd) {
    TlsSession session(::SSL_new(context));
    if (!session || ::SSL_set_fd(session.get(), fd) != 1) throw std::bad_alloc();
    return session;
}

bool is_numeric(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

Result<std::shared_ptr<TlsServer>> TlsServer::load(TlsFiles files) {
    std::shared_ptr<TlsServer> server(new TlsServer(std::move(files)));
    SHOP_CHECK(server->reload());
    return server;
}

Result<void> TlsServer::reload() {
    SHOP_TRY(fresh, server_context(files_));
    context_.set(std::move(fresh));
    return {};
}

Channel TlsServer::accept(Socket socket) const {
    TlsSession session = new_session(context_.get().get(), socket.fd());
    ::SSL_set_accept_state(session.get());
    return {std::move(socket), std::move(session)};
}

Time TlsServer::not_after() const {
    std::tm end{};
    const auto used = context_.get();
    ::ASN1_TIME_to_tm(::X509_get0_notAfter(::SSL_CTX_get0_certificate(used.get())), &end);
    return std::chrono::time_point_cast<Millis>(
        std::chrono::system_clock::from_time_t(::timegm(&end)));
}

Result<std::shared_ptr<TlsClient>> TlsClient::make(TlsFiles files) {
    std::shared_ptr<TlsClient> client(new TlsClient(std::move(files), true));
    SHOP_CHECK(client->reload());
    return client;
}

Result<std::shared_ptr<TlsClient>> TlsClient::make_unchecked(TlsFiles files) {
    std::shared_ptr<TlsClient> client(new TlsClient(std::move(files), false));
    SHOP_CHECK(client->reload());
    return client;
}

Result<void> TlsClient::reload() {
    SHOP_TRY(fresh, client_context(files_, checks_));
    context_.set(std::move(fresh));
    return {};
}

Channel TlsClient::open(Socket socket, const std::string& host) const {
    TlsSession session = new_session(context_.get().get(), socket.fd());
    SSL* raw = session.get();
    ::SSL_set_connect_state(raw);
    if (is_numeric(host)) {
        ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(raw), host.c_str());
    } else {
        ::SSL_set_hostflags(raw, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        ::SSL_set1_host(raw, host.c_str());
        // SSL_set_tlsext_host_name, whose cast our warnings do not take.
        ::SSL_ctrl(raw, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                   const_cast<char*>(host.c_str()));
    }
    return {std::move(socket), std::move(session)};
}

}  // namespace shop::http
