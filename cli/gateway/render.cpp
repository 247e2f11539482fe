#include "gateway/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "gateway/keys.hpp"
#include "gateway/routes.hpp"
#include "gateway/template.hpp"
#include "http/address.hpp"
#include "http/problem.hpp"
#include "http/tls.hpp"

namespace shop::cli {
namespace {

using Values = std::map<std::string, std::string>;

constexpr std::size_t kAddedFields = 4;  // below, and room for HAProxy's own
// An address of a Unix socket has 108 bytes; HAProxy binds a name with a suffix first.
constexpr std::size_t kSocketPathMax = 90;
constexpr int kRequestsRetrySeconds = 10, kSignInRetrySeconds = 60, kMaintenanceRetrySeconds = 30;

// What a browser shows during maintenance.
constexpr std::string_view kMaintenancePage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Back in a moment</title>"
    "<style>body{font:1.2rem/1.5 sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}</style>"
    "<h1>Back in a moment</h1><p>The shop is being looked after. Nothing is lost: your cart and "
    "your orders are kept. Please come back in a few minutes.</p></html>";

// A name that we forgot to fill in stays, which HAProxy refuses.
std::string fill(std::string_view text, const Values& values) {
    std::string out;
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@')) {
        const auto end = text.find('@', at + 1);
        const auto found = end == std::string_view::npos
                               ? values.end()
                               : values.find(std::string(text.substr(at + 1, end - at - 1)));
        out += text.substr(0, at);
        out += found == values.end() ? "@" : found->second;
        text.remove_prefix(found == values.end() ? at + 1 : end + 1);
    }
    return out + std::string(text);
}

// What stands in the configuration as it is: no blank, quote, comma, bracket or variable.
Result<void> check_word(std::string_view option, std::string_view word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._/+=~-@:*[]").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::ranges::all_of(word, plain)) return {};
    return fail_field(std::string(option),
                      fmt::format("\"{}\" can't stand in HAProxy's configuration; use letters, "
                                  "digits and ._/+=~-@:",
                                  word));
}

Result<void> check(const GatewaySettings& settings) {
    SHOP_CHECK(check_word("--listen", settings.listen));
    SHOP_CHECK(check_word("--certificate", settings.certificate.string()));
    SHOP_CHECK(check_word("--key-copies", settings.key_copies.string()));
    SHOP_CHECK(check_word("--runtime-socket", settings.runtime_socket.string()));
    SHOP_CHECK(check_word("--services-ca", settings.services_ca.string()));
    if (!settings.services_certificate.empty())
        SHOP_CHECK(check_word("--services-certificate", settings.services_certificate.string()));
    if (settings.acme_port != 0 && settings.http_port == 0)
        return fail_field("--acme-port",
                          "Challenges come to the port without TLS; give that with "
                          "--http-port, too.");
    if (!settings.user.empty()) SHOP_CHECK(check_word("--user", settings.user));
    if (settings.runtime_socket.string().size() > kSocketPathMax)
        return fail_field("--runtime-socket",
                          fmt::format("{} is too long for a Unix socket; give "
                                      "one of at most {} bytes",
                                      settings.runtime_socket.string(), kSocketPathMax));
    return {};
}

// "status 404 content-type … string '…'", which http-error and http-request return take alike.
std::string answer(const http::Response& response) {
    std::string body;
    for (const char c : response.body) body += c == '\'' ? "\\u0027" : std::string(1, c);
    std::string words = fmt::format("status {} content-type {} string '{}'", response.status,
                                    response.headers.get("content-type").value_or(""), body);
    for (const auto& [name, value] : response.headers.all())
        if (name != "content-type") words += fmt::format(" hdr {} {}", name, value);
    return words;
}

std::string answer(Code code, std::string detail, int retry_after = 0) {
    return answer(http::problem(Error{code, std::move(detail), {}, retry_after}, ""));
}

std::string own_errors(const GatewaySettings& settings) {
    std::string lines;
    for (const std::string& words :
         {answer(Code::unauthenticated, "The access token is not valid (any more); sign in again."),
          answer(Code::permission_denied, "This call is for the shop's own services."),
          answer(Code::not_found, "There is nothing here; see: shopctl explain"),
          answer(Code::payload_too_large,
                 fmt::format("A body has at most {} bytes here.", settings.body_bytes)),
          answer(Code::resource_exhausted, "Too many requests; wait as long as Retry-After says.",
                 kRequestsRetrySeconds),
          answer(Code::internal, "The gateway failed; its log says more."),
          answer(http::problem(501, "The gateway does not know this method or coding.")),
          answer(http::problem(502,
                               "The service ended before it answered, so what was asked may be "
                               "done; repeat what can be repeated.")),
          answer(Code::unavailable, "The service is down; repeat this in a moment.", 1),
          answer(Code::timeout,
                 "The service did not answer in time, so what was asked may be "
                 "done; repeat what can be repeated.")})
        lines += "    http-error " + words + "\n";
    return lines;
}

// The page brings a policy of its own, since it has a style.
std::string maintenance_page() {
    return fmt::format(
        "status 503 content-type \"text/html; charset=utf-8\" string '{}' hdr retry-after {} hdr "
        "content-security-policy \"default-src 'none'; style-src 'unsafe-inline'; "
        "frame-ancestors 'none'\"",
        kMaintenancePage, kMaintenanceRetrySeconds);
}

Result<std::string> server_line(std::string_view url, std::size_t number,
                                const GatewaySettings& settings) {
    SHOP_TRY(address, http::parse_address(url));
    SHOP_CHECK(check_word("an address", address.host));
    if (address.port.empty()) return fmt::format("    server {} unix@{}\n", number, address.host);
    const bool v6 = address.host.find(':') != std::string::npos;
    std::string line = fmt::format("    server {} {}:{}", number,
                                   v6 ? "[" + address.host + "]" : address.host, address.port);
    if (address.tls) {
        line +=
            fmt::format(" ssl verify required ca-file {} verifyhost {} sni str({}) check-sni {}",
                        settings.services_ca.string(), address.host, address.host, address.host);
        if (!settings.services_certificate.empty())
            line += " crt " + settings.services_certificate.string();
    }
    return line + "\n";
}

// Where requests wait for half a minute at most; the replicas follow.
std::string waiting_room(std::string_view service) {
    return fmt::format(
        "backend {}_held\n"
        "    balance leastconn\n"
        "    timeout connect 500ms\n"
        "    retries 60\n"
        "    option redispatch 1\n"
        "    option allbackups\n"
        "    server void 127.0.0.1:1 disabled\n",
        service);
}

Result<std::string> backends(const GatewaySettings& settings) {
    std::string text;
    for (const GatewayService& service : settings.services) {
        // Of two that are drawn by their weights the one with less to do is taken. leastconn would
        // not look at weights as long as nobody waits, and a canary have half of the requests.
        text += fmt::format(
            "backend {}\n"
            "    balance random\n"
            "    option httpchk\n"
            "    http-check send meth GET uri /readyz ver HTTP/1.1 hdr host gateway\n"
            "    http-check expect status 200\n"
            "    default-server check inter 1s fall 2 rise 1\n",
            service.table->name);
        std::string held;
        std::size_t number = 0;
        for (const auto& url : service.urls) {
            SHOP_TRY(line, server_line(url, ++number, settings));
            text += line;
            line.pop_back();
            held += fmt::format("{} track {}/{} backup\n", line, service.table->name, number);
        }
        text += waiting_room(service.table->name) + held;
    }
    return text;
}

std::string hsts(const GatewaySettings& settings) {
    if (settings.hsts_days == 0) return "";
    return fmt::format(
        "    # HSTS: a browser that was here once does not come without TLS any more.\n"
        "    http-after-response set-header strict-transport-security max-age={}\n",
        settings.hsts_days * 24 * 60 * 60);
}

Values limit_values(const GatewaySettings& s) {
    const auto seconds = [](auto duration) {
        return std::to_string(duration / std::chrono::seconds(1));
    };
    return {{"CONNECTIONS", std::to_string(s.connections)},
            {"ADDRESS_CONNECTIONS", std::to_string(s.address_connections)},
            {"ADDRESS_REQUESTS", std::to_string(s.address_requests)},
            {"SUBJECT_REQUESTS", std::to_string(s.subject_requests)},
            {"SIGN_IN_RATE", std::to_string(s.sign_ins)},
            {"BODY_BYTES", std::to_string(s.body_bytes)},
            {"FIELDS", std::to_string(limits::kHeadFieldsMax - kAddedFields)},
            {"HEAD_S", seconds(limits::kHeadDeadline)},
            {"SERVICE_S", std::to_string(s.service_seconds)},
            {"WRITE_S", seconds(limits::kWriteDeadline)}};
}

Values place_values(const GatewaySettings& s) {
    return {{"LISTEN", s.listen},
            {"PORT", std::to_string(s.port)},
            {"PORT_IN_URL", s.port == 443 ? "" : ":" + std::to_string(s.port)},
            {"HTTP_PORT", std::to_string(s.http_port)},
            {"METRICS_PORT", std::to_string(s.metrics_port)},
            {"ACME_PORT", std::to_string(s.acme_port)},
            {"CERTIFICATE", s.certificate.string()},
            {"KEYS", key_lines(s)},
            {"RUNTIME", s.runtime_socket.string()},
            {"USER", s.user.empty() ? "" : fmt::format("    user {0}\n    group {0}\n", s.user)},
            {"CIPHERS", http::kTls12Ciphers},
            {"CURVES", http::kTlsCurves}};
}

Values route_values(const Tables& tables) {
    std::string any, use;
    for (const auto* table : tables) {
        any += (any.empty() ? "to_" : " or to_") + table->name;
        use += fmt::format(
            "    use_backend {0}_held if {{ srv_is_up({0}_held/void) }} to_{0}\n"
            "    use_backend {0} if to_{0}\n",
            table->name);
    }
    return {{"ROUTES", route_acls(tables)},
            {"ANY_ROUTE", any},
            {"USE_BACKENDS", use},
            {"DENIED", denied_rows(tables)},
            {"SIGN_INS", sign_in_acls()}};
}

Values answer_values(const GatewaySettings& settings) {
    return {{"ERRORS", own_errors(settings)},
            {"AMBIGUOUS", answer(Code::invalid_argument,
                                 "The request can be understood in more than one way: its path, "
                                 "or a field that stands there twice.")},
            {"NO_LENGTH", answer(http::problem(411, "Send the body with a Content-Length."))},
            {"CODED_BODY", answer(Code::unsupported_media_type,
                                  "Send the body as it is, without Content-Encoding.")},
            {"MAINTENANCE_PAGE", maintenance_page()},
            {"MAINTENANCE",
             answer(Code::unavailable,
                    "The shop is being looked after; come back as soon as Retry-After says.",
                    kMaintenanceRetrySeconds)},
            {"TOO_MANY_SIGN_INS",
             answer(Code::resource_exhausted,
                    "Too many sign-ins; wait as long as Retry-After says.", kSignInRetrySeconds)},
            {"HSTS", hsts(settings)},
            {"NOTHING", "default-src 'none'; frame-ancestors 'none'"}};
}

}  // namespace

std::filesystem::path key_of(const std::filesystem::path& certificate) {
    if (certificate.extension() != ".crt") return certificate;
    auto key = certificate;
    key.replace_extension(".key");
    std::error_code ignored;
    return std::filesystem::exists(key, ignored) ? key : certificate;
}

Result<std::string> render_gateway(const GatewaySettings& settings) {
    SHOP_CHECK(check(settings));
    Tables tables;
    for (const auto& service : settings.services) tables.push_back(service.table);
    Values values = limit_values(settings);
    values.merge(place_values(settings));
    values.merge(route_values(tables));
    values.merge(answer_values(settings));
    SHOP_TRY(services, backends(settings));
    values["BACKENDS"] = services;
    values["ACME"] = settings.acme_port == 0 ? "" : fill(kAcmeTemplate, values);
    values["LET_ACME_PASS"] = settings.acme_port == 0 ? "" : kLetAcmePass;
    values["REDIRECT"] = settings.http_port == 0 ? "" : fill(kRedirectTemplate, values);
    values["METRICS"] = settings.metrics_port == 0 ? "" : fill(kMetricsTemplate, values);
    return fill(kGatewayTemplate, values);
}

}  // namespace shop::cli
