#include "gateway/routes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "auth/principal.hpp"
#include "base/text.hpp"

namespace shop::cli {
namespace {

using api::Endpoint;
using api::ServiceTable;

// What the outside is told of a service by rule (RFC 8615).
bool is_well_known(const Endpoint& row) { return row.path.starts_with("/.well-known/"); }

// "/v1/users/{user}" -> "/v1/users"; empty for what is no part of the API.
std::string prefix_of(const Endpoint& row) {
    const bool of_api = row.style == api::Style::json || row.style == api::Style::course;
    if (!of_api && !is_well_known(row)) return "";
    const auto second = row.path.find('/', 1);
    return row.path.substr(0, row.path.find('/', second + 1));
}

bool has_prefix(const ServiceTable& service, const std::string& prefix) {
    return std::ranges::any_of(service.endpoints,
                               [&](const Endpoint& row) { return prefix_of(row) == prefix; });
}

// In a pattern a dot is any character.
std::string literal(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '.' ? "[.]" : std::string(1, c);
    return out;
}

// "/v1/users/{user}" -> "^/v1/users/[^/]+$"
std::string pattern_of(const Endpoint& row) {
    std::string pattern = "^";
    for (const auto segment : split(std::string_view(row.path).substr(1), '/'))
        pattern += "/" + (segment.starts_with('{') ? "[^/]+" : literal(segment));
    return pattern + "$";
}

// A prefix as it stands in txn.area: "/v1/users" -> "v1/users".
std::string area_of(std::string_view prefix) { return std::string(prefix.substr(1)); }

// "GET /v1/users/{user}" as a pattern for "method path"; a daemon answers HEAD as GET.
std::string call_pattern(const Endpoint& row) {
    const std::string method = row.method == "GET" ? "(?:GET|HEAD)" : row.method;
    return fmt::format("^{} {}", method, pattern_of(row).substr(1));
}

// Whatever is no part of the API, and none of what programs ask: pages of the storefront, which
// tells by itself what it does not have.
constexpr std::string_view kPages =
    "^/(?!(?:v1|api|[.]well-known|livez|readyz|metrics|version|openapi[.]json)(?:/|$))";

bool has_pages(const ServiceTable& service) {
    return std::ranges::any_of(service.endpoints,
                               [](const Endpoint& row) { return row.style == api::Style::page; });
}

bool role_has(const auth::Role& role, std::string_view scope) {
    return std::ranges::find(role.scopes, scope) != role.scopes.end();
}

}  // namespace

std::vector<std::string> gateway_prefixes(const ServiceTable& service, const Tables& all) {
    std::set<std::string> prefixes;
    for (const Endpoint& row : service.endpoints) {
        const std::string prefix = prefix_of(row);
        const auto has = [&](const ServiceTable* table) { return has_prefix(*table, prefix); };
        if (!prefix.empty() && std::ranges::count_if(all, has) == 1) prefixes.insert(prefix);
    }
    return {prefixes.begin(), prefixes.end()};
}

bool between_services(std::string_view scope) {
    bool of_service = false;
    for (const auth::Role& role : auth::roles()) {
        if (!role_has(role, scope)) continue;
        const bool service = role.name.starts_with("service:");
        if (!service && role.name != "admin") return false;
        of_service = of_service || service;
    }
    return of_service;
}

std::string route_acls(const Tables& all) {
    std::string lines;
    for (const ServiceTable* service : all) {
        if (has_pages(*service)) {
            lines += fmt::format("    acl to_{} var(txn.path) -m reg {}\n", service->name, kPages);
            continue;
        }
        lines += fmt::format("    acl to_{} var(txn.area) -m str", service->name);
        for (const auto& prefix : gateway_prefixes(*service, all)) lines += " " + area_of(prefix);
        lines += "\n";
    }
    return lines;
}

// The area is looked at first: it costs less than a pattern.
std::string denied_rows(const Tables& all) {
    std::string calls;
    std::set<std::string> areas;
    for (const ServiceTable* service : all) {
        const auto prefixes = gateway_prefixes(*service, all);
        for (const Endpoint& row : service->endpoints) {
            const std::string prefix = prefix_of(row);
            if (!between_services(row.scope) ||
                std::ranges::find(prefixes, prefix) == prefixes.end())
                continue;
            areas.insert(area_of(prefix));
            calls += fmt::format("    acl between_call method,concat(\" \",txn.path) -m reg '{}'\n",
                                 call_pattern(row));
        }
    }
    return fmt::format(
        "    acl between_area var(txn.area) -m str {}\n{}"
        "    http-request deny deny_status 403 if between_area between_call\n",
        fmt::join(areas, " "), calls);
}

std::string sign_in_acls() {
    std::string lines;
    const auto add = [&](const ServiceTable& service, std::initializer_list<const char*> ids) {
        for (const char* id : ids)
            lines += fmt::format("    acl sign_in var(txn.path) -m reg {}\n",
                                 pattern_of(service.at(id)));
    };
    add(api::users_service(),
        {"session_create", "user_create", "course_user_login", "course_user_create",
         "password_reset_create", "password_reset_complete", "email_verification_create",
         "email_verification_complete"});
    add(api::storefront_service(),
        {"login_do", "register_do", "password_reset_do", "password_new_do", "verify_email_do"});
    return lines;
}

}  // namespace shop::cli
