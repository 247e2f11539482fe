// Which calls the gateway counts as sign-ins.
#include <catch2/catch.hpp>

#include "gateway/routes.hpp"

using namespace shop;

TEST_CASE("gateway: what guesses passwords or tokens, or sends mail, counts as a sign-in") {
    const std::string lines = cli::sign_in_acls();
    for (const std::string path :
         {"/v1/sessions", "/v1/users", "/v1/password-resets", "/v1/password-resets/complete",
          "/v1/email-verifications", "/v1/email-verifications/complete"})
        CHECK_THAT(lines, Catch::Contains("-m reg ^" + path + "$\n"));
    CHECK(lines.find("/v1/users/") == std::string::npos);
}
