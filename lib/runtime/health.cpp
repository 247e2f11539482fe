#include "runtime/health.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "api/common.hpp"
#include "http/client.hpp"
#include "http/tls.hpp"
#include "schema/codec.hpp"

namespace shop::runtime {
namespace {

std::string host_of(const std::string& listen) {
    if (listen == "0.0.0.0") return "127.0.0.1";
    if (listen == "::") return "[::1]";
    const bool is_ipv6 = listen.find(':') != std::string::npos;
    return is_ipv6 ? "[" + listen + "]" : listen;
}

Result<std::shared_ptr<const http::TlsClient>> tls_of(const DaemonSettings& settings) {
    if (settings.tls_certificate.empty()) return std::shared_ptr<const http::TlsClient>();
    http::TlsFiles files;
    if (!settings.tls_client_ca.empty()) {
        files.certificate = settings.tls_certificate;
        files.key = settings.tls_key;
    }
    SHOP_TRY(client, http::TlsClient::make_unchecked(std::move(files)));
    return std::shared_ptr<const http::TlsClient>(std::move(client));
}

// The checks that failed, from the answer's body.
std::string reason_in(const http::Response& response) {
    const auto health = schema::decode_text<api::Health>(response.body, schema::Mode::stored);
    if (!health) return "no reason given";
    std::string reason;
    for (const auto& check : health->checks) {
        if (check.ok || !check.vital) continue;
        reason += fmt::format("{}{}: {}", reason.empty() ? "" : "; ", check.name, check.detail);
    }
    return reason.empty() ? "it is ending" : reason;
}

}  // namespace

std::string own_url(const DaemonSettings& settings, const api::ServiceTable& table) {
    if (!settings.socket.empty())
        return "unix:" + std::filesystem::absolute(settings.socket).native();
    return fmt::format("{}://{}:{}", settings.tls_certificate.empty() ? "http" : "https",
                       host_of(settings.listen), settings.port ? settings.port : table.port);
}

Result<void> check_health(const DaemonSettings& settings, const api::ServiceTable& table) {
    const std::string url = own_url(settings, table);
    SHOP_TRY(tls, tls_of(settings));
    SHOP_TRY(client, http::Client::make(url, {.deadline = kHealthDeadline, .tls = tls}));
    http::Request request;
    request.method = "GET";
    request.target = "/readyz?verbose=true";
    SHOP_TRY(response, client->send(request, false));
    if (response.status == 200) return {};
    return fail(Code::unavailable, fmt::format("{} at {} is not ready (status {}): {}", table.name,
                                               url, response.status, reason_in(response)));
}

}  // namespace shop::runtime
