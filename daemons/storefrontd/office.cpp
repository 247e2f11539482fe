#include "storefrontd/office.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"
#include "base/text.hpp"

namespace shop::storefront {
namespace {

namespace scope = auth::scope;

constexpr std::size_t kKeyBytesMin = 16;
constexpr std::size_t kKeyBytesMax = 40;

struct Place {
    const char* name;
    std::string_view href;
    std::string_view right;
    std::string_view or_right;
};

constexpr Place kPlaces[] = {
    {"Today", "/admin", scope::kSignedIn, scope::kSignedIn},
    {"Orders", "/admin/orders", scope::kOrdersRead, scope::kOrdersRead},
    {"Products", "/admin/products", scope::kProductsWrite, scope::kStockWrite},
    {"Stock", "/admin/stock", scope::kProductsWrite, scope::kStockWrite},
    {"Customers", "/admin/customers", scope::kUsersRead, scope::kUsersRead},
    {"Staff and roles", "/admin/roles", scope::kUsersRead, scope::kUsersRead},
    {"API keys", "/admin/keys", scope::kSignedIn, scope::kSignedIn},
    {"Audit log", "/admin/audit", scope::kAuditRead, scope::kAuditRead},
};

bool is_at(std::string_view path, std::string_view href) {
    path = path.substr(0, path.find('?'));
    if (path == href) return true;
    return href != "/admin" && path.starts_with(href) && path.substr(href.size()).starts_with('/');
}

}  // namespace

Json admin_nav(Visit& visit, std::string_view path) {
    Json nav = Json::array();
    if (!visit.is_staff()) return nav;
    for (const auto& place : kPlaces)
        if (visit.may(place.right) || visit.may(place.or_right))
            nav.push_back({{"name", place.name},
                           {"href", place.href},
                           {"is_current", is_at(path, place.href)},
                           {"badge", false}});
    return nav;
}

Result<void> need_any(Visit& visit, std::initializer_list<std::string_view> rights) {
    if (std::ranges::any_of(rights, [&](std::string_view right) { return visit.may(right); }))
        return {};
    return fail(Code::permission_denied,
                fmt::format("Your account does not have the right for this page ({}). Who keeps "
                            "the shop can give it to you.",
                            fmt::join(rights, " or ")));
}

Result<void> need_staff(Visit& visit) {
    if (visit.is_staff()) return {};
    return fail(Code::permission_denied,
                "The back office is for the people who work in the shop. Who keeps it can give "
                "your account a role.");
}

std::string new_key() { return random_token(18); }

Result<std::string> key_of(const Fields& form, std::string_view what) {
    const std::string& key = form.get("key");
    const bool ours = key.size() >= kKeyBytesMin && key.size() <= kKeyBytesMax &&
                      std::ranges::all_of(key, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-' || c == '_';
                      });
    if (ours) return fmt::format("{}-{}", key, what);
    return fail(Code::invalid_argument, "This form was not whole. Please send it once more.");
}

Result<std::string> if_match_of(const Fields& form) {
    const auto version = parse_int(form.get("version"));
    if (version && *version > 0) return fmt::format("\"{}\"", *version);
    return fail(Code::invalid_argument, "This form was not whole. Please send it once more.");
}

std::string typed(const Fields& form, std::string_view name) {
    std::string text(trim(form.get(name)));
    std::erase(text, '\r');
    return text;
}

Address& Address::with(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    text_ += fmt::format("{}{}={}", text_.find('?') == text_.npos ? '?' : '&', name,
                         percent_encode(value));
    return *this;
}

Json pager_of(const Address& here, const std::string& cursor,
              const std::optional<std::string>& next) {
    if (cursor.empty() && !next) return nullptr;
    Json pager = {{"first", ""}, {"previous", ""}, {"next", ""}};
    if (!cursor.empty()) pager["first"] = here.text();
    if (next) pager["next"] = Address(here).with("cursor", *next).text();
    return pager;
}

Json select_of(std::initializer_list<std::pair<std::string_view, std::string_view>> options,
               std::string_view current) {
    Json list = Json::array();
    for (const auto& [value, label] : options)
        list.push_back({{"value", value}, {"label", label}, {"is_current", value == current}});
    return list;
}

}  // namespace shop::storefront
