#include "auth/principal.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace shop::auth;

namespace {

using Scopes = std::set<std::string_view>;

Scopes scopes_of(std::string_view role) {
    const Role* row = find_role(role);
    REQUIRE(row != nullptr);
    const Scopes scopes(row->scopes.begin(), row->scopes.end());
    CHECK(scopes.size() == row->scopes.size());  // none is listed twice
    return scopes;
}

Principal with_role(std::string role) {
    return {.user_id = "usr_1", .username = "ada", .role = std::move(role)};
}

}  // namespace

TEST_CASE("roles: a customer has the cart and the own orders and nothing else") {
    CHECK(scopes_of("customer") == Scopes{"signed_in", "cart", "orders:own"});
}

TEST_CASE("roles: staff have what customers have and see the shop; admins have what staff have") {
    const auto customer = scopes_of("customer");
    const auto staff = scopes_of("staff");
    const auto admin = scopes_of("admin");
    CHECK(std::ranges::includes(staff, customer));
    CHECK(std::ranges::includes(admin, staff));
    CHECK(staff.contains("products:write"));
    CHECK_FALSE(staff.contains("users:write"));
    CHECK_FALSE(staff.contains("audit:read"));
    CHECK(admin.contains("users:write"));
}

TEST_CASE("roles: orderd alone may reserve stock, and no person may") {
    for (const Role& role : roles())
        CHECK(scopes_of(role.name).contains("stock:reserve") == (role.name == "service:orderd"));
}

TEST_CASE("roles: a service has no cart and writes nothing that belongs to people") {
    for (const auto* name : {"service:userd", "service:productd", "service:storefrontd"})
        CHECK(scopes_of(name) == Scopes{"signed_in", "sessions:introspect", "events:read"});
}

TEST_CASE("may: nobody may only what is open, whatever role is written there") {
    const Principal nobody{.role = "admin"};
    CHECK(nobody.may(scope::kOpen));
    CHECK_FALSE(nobody.may(scope::kSignedIn));
    CHECK_FALSE(nobody.may(scope::kUsersWrite));
}

TEST_CASE("may: an unknown role may no more than be signed in") {
    const auto principal = with_role("root");
    CHECK(principal.may(scope::kSignedIn));
    for (const auto name : scopes_of("admin"))
        if (name != scope::kSignedIn) CHECK_FALSE(principal.may(name));
}

TEST_CASE("may: a scope that no role names is denied to all") {
    for (const Role& role : roles())
        CHECK_FALSE(with_role(std::string(role.name)).may("shop:burn"));
}
