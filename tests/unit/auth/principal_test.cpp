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

TEST_CASE("roles: the three of the staff do their own part and not each other's") {
    const auto support = scopes_of("support"), catalogue = scopes_of("catalogue"),
               fulfilment = scopes_of("fulfilment"), staff = scopes_of("staff");
    for (const auto& role : {support, catalogue, fulfilment})
        CHECK(std::ranges::includes(staff, role));
    CHECK(support.contains("orders:cancel"));
    CHECK_FALSE(support.contains("orders:fulfil"));
    CHECK(catalogue.contains("stock:write"));
    CHECK_FALSE(catalogue.contains("orders:read"));
    CHECK(fulfilment.contains("orders:fulfil"));
    CHECK_FALSE(fulfilment.contains("orders:cancel"));
    for (const auto& role : {catalogue, fulfilment}) CHECK_FALSE(role.contains("users:read"));
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

TEST_CASE("may: the scopes that a principal carries count instead of its role's") {
    auto principal = with_role("admin");
    principal.scopes = {"orders:read", "stock:reserve", "nonsense"};
    CHECK(principal.may(scope::kOpen));
    CHECK_FALSE(principal.may(scope::kSignedIn));
    CHECK(principal.may(scope::kOrdersRead));
    CHECK_FALSE(principal.may(scope::kUsersWrite));
    // Not even written into a token does a person have what is the services' own.
    CHECK_FALSE(principal.may(scope::kStockReserve));
    CHECK_FALSE(principal.may("nonsense"));
    principal.scopes.emplace();
    CHECK_FALSE(principal.may(scope::kOrdersRead));
}

TEST_CASE("may: a service has what its role has, whatever scopes stand in its token") {
    auto service = with_role("service:productd");
    service.scopes = {"stock:reserve", "users:write"};
    CHECK_FALSE(service.may(scope::kStockReserve));
    CHECK_FALSE(service.may(scope::kUsersWrite));
    CHECK(service.may(scope::kEventsRead));
}

TEST_CASE("may: what an endpoint has that names no right is for nobody") {
    for (const Role& role : roles())
        CHECK_FALSE(with_role(std::string(role.name)).may(scope::kNobody));
    auto principal = with_role("admin");
    principal.scopes = {"nobody"};
    CHECK_FALSE(principal.may(scope::kNobody));
}

TEST_CASE("scopes: each right of a person's role can be given, and no other") {
    Scopes of_people;
    for (const Role& role : roles())
        if (!role.name.starts_with(kServicePrefix)) of_people.merge(scopes_of(role.name));
    Scopes grantable;
    for (const auto& row : grantable_scopes()) {
        CHECK(grantable.insert(row.name).second);
        CHECK_FALSE(row.doc.empty());
    }
    CHECK(grantable == of_people);
}
