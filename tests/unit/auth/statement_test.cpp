#include "auth/statement.hpp"

#include <catch2/catch.hpp>

#include "auth/signing_keys.hpp"
#include "base/text.hpp"
#include "unit/auth/fixture.hpp"

using namespace shop;
using namespace shop::auth;
using namespace shop::auth::test;

namespace {

const Json kClaims = {{"service", "userd"}, {"seq", 7}, {"hash", "ab"}};

std::string statement_of(const House& house, const Json& claims = kClaims) {
    return must(sign_statement(house.folder.path(), "userd", "audit", claims));
}

Result<Json> read_by(const House& house, const std::string& text, const std::string& name = "userd",
                     const std::string& audience = "audit") {
    return read_statement(house.folder.path(), name, audience, text);
}

Code code_of(const Result<Json>& result) { return result ? Code::internal : result.error().code; }

}  // namespace

TEST_CASE("statements: what was signed comes back") {
    const House house;
    const Json claims = must(read_by(house, statement_of(house)));
    CHECK(claims.size() == kClaims.size());
    for (const auto& [name, value] : kClaims.items()) CHECK(claims[name] == value);
}

TEST_CASE("statements: none passes as an access token, whatever it claims") {
    const House house;
    const auto verifier = house.verifier();
    CHECK(reason(*verifier, statement_of(house)) != "accepted");
    Json claims = house.claims();  // all that a token of Ada's has
    claims.erase("aud");
    CHECK(reason(*verifier, statement_of(house, claims)) == "another audience");
    claims["sub"] = claims["iss"] = "userd";
    CHECK(reason(*verifier, statement_of(house, claims)) == "another audience");
    // And no access token passes as a statement.
    const auto token = must(house.signer("userd")->sign(house.ada()));
    CHECK(code_of(read_by(house, token)) == Code::unauthenticated);
}

TEST_CASE("statements: one that was altered, of another key, algorithm or purpose is refused") {
    const House house;
    const std::string good = statement_of(house);
    REQUIRE(read_by(house, good));
    std::string other = good;
    const auto at = other.find('.') + 5;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    Json claims = kClaims;
    claims["aud"] = "audit";
    for (const auto& text :
         {other, good.substr(0, good.size() - 4), good + "AAAA", std::string("a.b.c"),
          std::string(), std::string(5000, 'a'), good.substr(0, good.rfind('.') + 1),
          forge(claims, JWT_ALG_ES256, house.key("orderd.key")),
          forge(claims, JWT_ALG_HS256, house.key("userd.pub")), forge(claims, JWT_ALG_NONE, "")}) {
        CAPTURE(text);
        CHECK(code_of(read_by(house, text)) == Code::unauthenticated);
    }
    CHECK(code_of(read_by(house, good, "orderd")) == Code::unauthenticated);
    CHECK(code_of(read_by(house, good, "userd", "backup")) == Code::unauthenticated);
    CHECK(code_of(read_by(house, good, "nobody")) == Code::not_found);
}

TEST_CASE("statements: hold over one ordinary rotation of the key, and not over an emergency") {
    const House house;
    const std::string before = statement_of(house);
    REQUIRE(rotate_keys(house.folder.path(), "userd", Rotation::ordinary));
    CHECK(read_by(house, before));
    CHECK(read_by(house, statement_of(house)));
    REQUIRE(rotate_keys(house.folder.path(), "userd", Rotation::emergency));
    CHECK(code_of(read_by(house, before)) == Code::unauthenticated);
}
