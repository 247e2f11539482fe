#include "http/channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace shop::http {
namespace {

int bytes_in_call(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

// Whoever speaks HTTP to a port that speaks TLS gets a word that both understand.
bool asked_without_tls() {
    const auto error = ::ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
}

// What the other side says of our certificate.
bool certificate_refused() {
    const auto error = ::ERR_peek_last_error();
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
    switch (ERR_GET_REASON(error)) {
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
            return true;
        default:
            return false;
    }
}

void say_to_use_tls(int fd) {
    constexpr std::string_view kAnswer =
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\n"
        "content-length: 48\r\n\r\nThis port speaks TLS: use https:// to reach it.\n";
    [[maybe_unused]] const auto sent =
        ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

void FreeTls::operator()(ssl_st* tls) const { ::SSL_free(tls); }

ssize_t Channel::receive(char* bytes, std::size_t size) {
    if (!session_) return ::recv(fd(), bytes, size, 0);
    ::ERR_clear_error();
    return outcome(::SSL_read(session_.get(), bytes, bytes_in_call(size)));
}

ssize_t Channel::send(std::string_view bytes) {
    if (!session_) return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::ERR_clear_error();
    const ssize_t sent =
        outcome(::SSL_write(session_.get(), bytes.data(), bytes_in_call(bytes.size())));
    return sent == 0 ? -1 : sent;  // the other side has ended: nothing was sent, nor will be
}

// What recv(2) or send(2) would have said.
ssize_t Channel::outcome(int result) {
    if (result > 0) return result;
    switch (::SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            errno = EAGAIN;
            return -1;
        case SSL_ERROR_ZERO_RETURN:
            errno = ECONNRESET;
            return 0;
        default:
            if (asked_without_tls()) say_to_use_tls(fd());
            errno = certificate_refused() ? EKEYREJECTED : ECONNRESET;
            return -1;
    }
}

int Channel::shake_hands() {
    if (!session_) return 0;
    ::ERR_clear_error();
    return outcome(::SSL_do_handshake(session_.get())) > 0 ? 0 : -1;
}

short Channel::receive_waits_for() const {
    const bool to_send = session_ && ::SSL_want(session_.get()) == SSL_WRITING;
    return to_send ? POLLOUT : POLLIN;
}

bool Channel::has_input() {
    if (!session_) {
        pollfd entry{fd(), POLLIN | POLLRDHUP, 0};
        return ::poll(&entry, 1, 0) != 0;
    }
    char byte = 0;
    ::ERR_clear_error();
    return outcome(::SSL_peek(session_.get(), &byte, 1)) >= 0 || errno != EAGAIN;
}

bool Channel::established() const {
    return !session_ || ::SSL_is_init_finished(session_.get()) != 0;
}

std::string Channel::certificate_trouble() const {
    const long result = session_ ? ::SSL_get_verify_result(session_.get()) : X509_V_OK;
    return result == X509_V_OK ? "" : ::X509_verify_cert_error_string(result);
}

bool Channel::peer_verified() const {
    return session_ && established() && ::SSL_get0_peer_certificate(session_.get()) != nullptr &&
           ::SSL_get_verify_result(session_.get()) == X509_V_OK;
}

void Channel::shut_writing() {
    if (session_ && established()) {
        ::ERR_clear_error();
        ::SSL_shutdown(session_.get());
    }
    socket_.shut_writing();
}

}  // namespace shop::http
