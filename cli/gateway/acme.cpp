#include "gateway/acme.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shop::cli {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kDomainMax = 253;

bool has_only(std::string_view text, std::string_view more) {
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return kLetters.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
    });
}

bool is_wildcard(std::string_view domain) { return domain.starts_with("*."); }

bool is_domain(std::string_view text) {
    if (is_wildcard(text)) text.remove_prefix(2);
    return has_only(text, ".-") && text.size() <= kDomainMax && text.find('.') != text.npos &&
           text.find("..") == text.npos && !text.starts_with('.') && !text.ends_with('.') &&
           !text.starts_with('-');
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    return at != text.npos && at > 0 && is_domain(text.substr(at + 1)) &&
           has_only(text.substr(0, at), "._+-ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

// What a shell and systemd take as it is.
bool is_plain_path(const std::filesystem::path& path) {
    return path.is_absolute() && has_only(path.native(), "/._+-ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

Result<void> check_acme(const AcmeOptions& options) {
    if (options.domains.empty()) return fail_field("--domain", "Give the shop's name, or more.");
    for (const auto& domain : options.domains) {
        if (!is_domain(domain))
            return fail_field("--domain", fmt::format("\"{}\" is no domain; give one as "
                                                      "shop.example.org, in small letters",
                                                      domain));
        if (is_wildcard(domain) && options.dns.empty())
            return fail_field("--domain", domain + " can be proven by DNS alone; give --dns, too");
    }
    if (!is_email(options.email))
        return fail_field("--email", fmt::format("\"{}\" is no address that the authority could "
                                                 "write to",
                                                 options.email));
    if (!options.dns.empty() && !has_only(options.dns, "-"))
        return fail_field("--dns", "No provider has this name; see: lego dnshelp");
    for (const auto& path : {options.folder, options.place})
        if (!is_plain_path(path))
            return fail_field("--folder", fmt::format("\"{}\" can't stand in a script and a unit; "
                                                      "use an absolute path of letters, digits and "
                                                      "._+-",
                                                      path.string()));
    return {};
}

std::string certificate_of(const AcmeOptions& options) {
    std::string name = options.domains.front();
    if (is_wildcard(name)) name.replace(0, 1, "_");
    return (options.folder / "certificates" / (name + ".crt")).string();
}

std::string script_text(const AcmeOptions& options) {
    std::string domains;
    for (const auto& domain : options.domains) domains += fmt::format(" --domains '{}'", domain);
    const bool dns = !options.dns.empty();
    const auto proof = [&](const std::string& port) {
        return dns ? "--dns " + options.dns : "--http --http.port " + port;
    };
    return fmt::format(
        R"(#!/bin/sh
# Gets the certificate of the shop's gateway, or a new one 30 days before it ends, which HAProxy
# takes without losing a connection. Made by `shopctl gateway certificate`.
set -eu
umask 077
with_lego() {{
    lego --path '{0}' --email '{1}' --accept-tos{2} "$@"
}}
if [ -e '{3}' ]; then
    with_lego {4} renew --days 30 --renew-hook 'systemctl try-reload-or-restart haproxy.service'
else
    with_lego {5} run
fi
)",
        options.folder.string(), options.email, domains, certificate_of(options),
        proof(fmt::format("127.0.0.1:{}", options.acme_port)),
        proof(fmt::format(":{}", options.http_port)));
}

std::string service_text(const AcmeOptions& options) {
    const std::string secrets =
        options.dns.empty() ? "" : "EnvironmentFile=" + options.environment.string() + "\n";
    return fmt::format(R"(# Made by `shopctl gateway certificate`.
[Unit]
Description=Certificate of the shop's gateway
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={}
{}NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full
ProtectHome=read-only
)",
                       (options.place / kAcmeScript).string(), secrets);
}

constexpr const char* kTimerText = R"(# Made by `shopctl gateway certificate`.
[Unit]
Description=Looks twice a day whether the certificate of the shop's gateway ends soon

[Timer]
OnCalendar=*-*-* 03,15:20
RandomizedDelaySec=6h
Persistent=true

[Install]
WantedBy=timers.target
)";

std::string render_command(const AcmeOptions& options) {
    std::string command =
        fmt::format("shopctl gateway render --certificate {} --port 443 --http-port {}",
                    certificate_of(options), options.http_port);
    if (options.dns.empty()) command += fmt::format(" --acme-port {}", options.acme_port);
    return command +
           " --keys-dir /etc/shop/keys --user haproxy --runtime-socket "
           "/run/haproxy/shop.sock --to /etc/haproxy/haproxy.cfg";
}

}  // namespace

Result<AcmeFiles> acme_files(const AcmeOptions& options) {
    SHOP_CHECK(check_acme(options));
    return AcmeFiles{script_text(options), service_text(options), kTimerText,
                     render_command(options)};
}

}  // namespace shop::cli
