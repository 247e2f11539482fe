// Which requests lead where at the gateway, and which of them count as sign-ins.
#include <catch2/catch.hpp>

#include "api/endpoint.hpp"
#include "gateway/routes.hpp"

using namespace shop;

TEST_CASE("gateway: what guesses passwords or tokens, or sends mail, counts as a sign-in") {
    const std::string lines = cli::sign_in_acls();
    for (const std::string path :
         {"/v1/sessions", "/v1/users", "/v1/password-resets", "/v1/password-resets/complete",
          "/v1/email-verifications", "/v1/email-verifications/complete"})
        CHECK_THAT(lines, Catch::Contains("-m reg ^" + path + "$\n"));
    CHECK(lines.find("/v1/users/") == std::string::npos);
    for (const std::string page :
         {"/login", "/register", "/password-reset", "/password-reset/complete", "/verify-email"})
        CHECK_THAT(lines, Catch::Contains("-m reg ^" + page + "$\n"));
}

TEST_CASE("gateway: without a storefront nothing leads to pages, and with one no part of the API") {
    cli::Tables tables(api::all_services().begin(), api::all_services().end());
    CHECK(cli::route_acls(tables).find("storefrontd") == std::string::npos);
    const std::string before = cli::route_acls(tables);
    tables.push_back(&api::storefront_service());
    const std::string with_pages = cli::route_acls(tables);
    CHECK_THAT(with_pages, Catch::StartsWith(before));
    const std::string line = with_pages.substr(before.size());
    CHECK_THAT(line, Catch::StartsWith("    acl to_storefrontd var(txn.path) -m reg ^/(?!"));
    for (const char* hidden : {"v1", "api", "metrics", "livez", "readyz", "version"})
        CHECK_THAT(line, Catch::Contains(hidden));
}
