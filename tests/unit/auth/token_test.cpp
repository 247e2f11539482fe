#include "auth/token.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "base/text.hpp"
#include "unit/auth/fixture.hpp"

using namespace shop;
using namespace shop::auth;
using namespace shop::auth::test;

TEST_CASE("tokens: what userd signs for a person comes back from verify") {
    const House house;
    const std::string role = GENERATE("customer", "staff", "admin");
    const auto signed_for = house.ada(role);
    const auto token = must(house.signer("userd")->sign(signed_for));
    CHECK(token.size() < 600);
    const auto verifier = house.verifier();
    for (int round = 0; round < 2; ++round) {  // the second comes from memory
        const auto principal = must(verifier->verify(token));
        CHECK(principal.user_id == signed_for.user_id);
        CHECK(principal.number == signed_for.number);
        CHECK(principal.username == signed_for.username);
        CHECK(principal.role == role);
        CHECK(principal.session_id == signed_for.session_id);
        CHECK(principal.expires_at == signed_for.expires_at);
    }
}

TEST_CASE("tokens: a service's own token makes it the service") {
    const House house;
    const std::string name = GENERATE("userd", "orderd");
    const auto principal =
        must(house.verifier()->verify(must(house.signer(name)->service_token())));
    CHECK(principal.user_id == name);
    CHECK(principal.role == "service:" + name);
    CHECK(principal.session_id.empty());
    CHECK(principal.may(scope::kEventsRead));
    CHECK(principal.may(scope::kStockReserve) == (name == "orderd"));
}

TEST_CASE("service_token: is kept while it lasts and renewed before it ends") {
    House house;
    const auto signer = house.signer("orderd");
    const auto verifier = house.verifier();
    const auto first = must(signer->service_token());
    CHECK(must(signer->service_token()) == first);
    for (int minute = 0; minute < 60; ++minute) {
        house.clock.advance(1min);
        CHECK(reason(*verifier, must(signer->service_token())) == "accepted");
    }
    CHECK(must(signer->service_token()) != first);
}

TEST_CASE("tokens: one that ended is refused, also where it is remembered") {
    House house;
    const auto token = must(house.signer("userd")->sign(house.ada()));
    const auto verifier = house.verifier();
    CHECK(reason(*verifier, token) == "accepted");
    house.clock.advance(10min - 1ms);
    CHECK(reason(*verifier, token) == "accepted");
    house.clock.advance(1ms);
    CHECK(reason(*verifier, token) == "expired");
    CHECK(reason(*house.verifier(), token) == "expired");
}

TEST_CASE("tokens: a minute of difference between clocks is fine, more is not") {
    House house;
    const auto signer = house.signer("userd");
    const auto fresh = must(signer->sign(house.ada()));
    house.clock.advance(-60s);
    CHECK(reason(*house.verifier(), fresh) == "accepted");
    house.clock.advance(-1s);
    CHECK(reason(*house.verifier(), fresh) == "from the future");
}

TEST_CASE("tokens: text that is no token is refused") {
    const House house;
    const auto verifier = house.verifier();
    CHECK(reason(*verifier, "") == "not three parts");
    CHECK(reason(*verifier, "garbage") == "not three parts");
    CHECK(reason(*verifier, "a.b") == "not three parts");
    CHECK(reason(*verifier, "a.b.c.d") == "not three parts");
    CHECK(reason(*verifier, "!!!.???.***") == "not base64url");
    CHECK(reason(*verifier, base64url("[]") + ".e30.") == "the header is not an object");
    CHECK(reason(*verifier, base64url("{}") + ".e30.") == "the algorithm is not ES256");
    CHECK(reason(*verifier, base64url("{") + ".e30.") != "accepted");
    CHECK(reason(*verifier, base64url(std::string(1000, '[')) + ".e30.") != "accepted");
    CHECK(reason(*verifier, std::string(5000, 'a')) == "too long");
    CHECK(reason(*verifier, std::string("a\0b.c", 5)) == "not three parts");
}

TEST_CASE("tokens: the refusal is the same for everything that is wrong") {
    const House house;
    const auto verifier = house.verifier();
    auto claims = house.claims();
    claims["aud"] = "other";
    const auto one = verifier->verify("garbage");
    const auto two = verifier->verify(forge(claims, JWT_ALG_ES256, house.key("userd.key")));
    REQUIRE_FALSE(one);
    REQUIRE_FALSE(two);
    CHECK(one.error().message == two.error().message);
}

TEST_CASE("tokens: any change to a signed token is refused") {
    const House house;
    const auto token = must(house.signer("userd")->sign(house.ada()));
    const auto parts = split(token, '.');
    const std::string head(parts[0]);
    const std::string body(parts[1]);
    const std::string signature(parts[2]);
    const auto verifier = house.verifier();
    REQUIRE(reason(*verifier, token) == "accepted");  // and so remembered

    auto claims = *parse_json(*from_base64url(body));
    claims["role"] = "admin";
    const std::string bad = "the signature does not hold";
    CHECK(reason(*verifier, head + '.' + base64url(dump(claims)) + '.' + signature) == bad);
    std::string flipped = signature;
    flipped[10] = flipped[10] == 'A' ? 'B' : 'A';
    CHECK(reason(*verifier, head + '.' + body + '.' + flipped) == bad);
    CHECK(reason(*verifier, head + '.' + body + '.' + std::string(86, 'A')) == bad);
    CHECK(reason(*verifier, head + '.' + body + '.') == "no signature");
    CHECK(reason(*verifier, head + '.' + body + '.' + signature.substr(1)) == "no signature");
    CHECK(reason(*verifier, head + '.' + body) == "not three parts");
    CHECK(reason(*verifier, ' ' + token) == "not base64url");
    CHECK(reason(*verifier, token + "==") == "no signature");
}

TEST_CASE("tokens: alg none is refused, with and without a signature") {
    const House house;
    const auto verifier = house.verifier();
    const auto none = forge(house.claims(), JWT_ALG_NONE, "");
    CHECK(reason(*verifier, none) == "the algorithm is not ES256");
    CHECK(reason(*verifier, none + std::string(86, 'A')) == "the algorithm is not ES256");
    for (const auto* alg : {R"({"alg":"None"})", R"({"alg":""})", R"({"alg":null})"})
        CHECK(reason(*verifier, base64url(alg) + '.' + base64url(dump(house.claims())) + '.') ==
              "the algorithm is not ES256");
}

TEST_CASE("tokens: HS256 with the public key as its secret is refused") {
    const House house;
    const auto verifier = house.verifier();
    const auto confused = forge(house.claims(), JWT_ALG_HS256, house.key("userd.pub"));
    CHECK(reason(*verifier, confused) == "the algorithm is not ES256");
    // The same signature under a header that says ES256.
    const auto parts = split(confused, '.');
    const auto dressed = base64url(R"({"alg":"ES256","typ":"JWT"})") + '.' + std::string(parts[1]) +
                         '.' + std::string(parts[2]);
    CHECK(reason(*verifier, dressed) == "no signature");
    const auto longer = forge(house.claims(), JWT_ALG_HS512, house.key("userd.pub"));
    const auto tail = std::string(split(longer, '.')[2]);  // 64 bytes, as many as ES256 has
    CHECK(reason(*verifier, base64url(R"({"alg":"ES256"})") + '.' + std::string(parts[1]) + '.' +
                                tail) == "the signature does not hold");
}

TEST_CASE("tokens: a key of another shop signs nothing here") {
    const House house;
    const House other;
    const auto token = forge(house.claims(), JWT_ALG_ES256, other.key("userd.key"));
    CHECK(reason(*house.verifier(), token) == "the signature does not hold");
    CHECK(reason(*other.verifier(), token) == "accepted");
}

TEST_CASE("tokens: a service cannot speak for userd or for a person") {
    const House house;
    const auto verifier = house.verifier();
    const auto key = house.key("orderd.key");
    auto claims = house.claims();
    CHECK(reason(*verifier, forge(claims, JWT_ALG_ES256, key)) == "the signature does not hold");
    claims["iss"] = "orderd";
    CHECK(reason(*verifier, forge(claims, JWT_ALG_ES256, key)) ==
          "a service speaks for somebody else");
    claims["sub"] = "userd";
    CHECK(reason(*verifier, forge(claims, JWT_ALG_ES256, key)) ==
          "a service speaks for somebody else");
    claims["sub"] = "orderd";
    claims["role"] = "admin";
    const auto principal = must(verifier->verify(forge(claims, JWT_ALG_ES256, key)));
    CHECK(principal.role == "service:orderd");
}

TEST_CASE("tokens: claims that userd would not make are refused though it signed them") {
    const House house;
    const auto verifier = house.verifier();
    const auto with = [&](const char* name, const Json& value) {
        auto claims = house.claims();
        if (value.is_null())
            claims.erase(name);
        else
            claims[name] = value;
        return reason(*verifier, forge(claims, JWT_ALG_ES256, house.key("userd.key")));
    };
    const auto now = house.claims()["iat"].get<std::int64_t>();
    CHECK(with("num", 8) == "accepted");
    CHECK(with("aud", "other") == "another audience");
    CHECK(with("aud", nullptr) == "another audience");
    CHECK(with("aud", Json::array({"shop"})) != "accepted");
    CHECK(with("exp", nullptr) == "no usable exp");
    CHECK(with("exp", -1) == "no usable exp");
    CHECK(with("exp", std::numeric_limits<std::int64_t>::max()) == "no usable exp");
    CHECK(with("exp", now) == "expired");
    CHECK(with("exp", "tomorrow") != "accepted");
    CHECK(with("iat", nullptr) == "no usable iat");
    CHECK(with("iat", now + 61) == "from the future");
    CHECK(with("sub", "ada") == "the subject is no user");
    CHECK(with("sub", nullptr) == "the subject is no user");
    CHECK(with("sub", "orderd") == "the subject is no user");
    CHECK(with("role", nullptr) == "the role is none of a user");
    CHECK(with("role", "root") == "the role is none of a user");
    CHECK(with("role", "service:orderd") == "the role is none of a user");
    CHECK(with("name", std::string(4000, 'x')) == "too long");
}

TEST_CASE("tokens: headers that must be understood are refused") {
    const House house;
    const auto token = forge(house.claims(), JWT_ALG_ES256, house.key("userd.key"), "crit");
    CHECK(reason(*house.verifier(), token) == "the header has extensions");
}

TEST_CASE("tokens: an issuer outside the table is refused though its key lies in the folder") {
    const House house;
    REQUIRE(ensure_keys(house.folder.path(), "mallory"));
    auto claims = house.claims();
    for (const auto* issuer : {"mallory", "./userd", "../keys/userd", ""}) {
        claims["iss"] = issuer;
        claims["sub"] = issuer;
        const auto token = forge(claims, JWT_ALG_ES256, house.key("mallory.key"));
        CHECK(reason(*house.verifier(), token) == "unknown issuer");
    }
}

TEST_CASE("tokens: keys may come after the verifier, and are looked for once a second") {
    House house;
    const auto verifier = house.verifier();
    const TempFolder elsewhere;
    REQUIRE(ensure_keys(elsewhere.path(), "productd"));
    const auto signer = must(Signer::open(elsewhere.path(), "productd", house.clock));
    const auto token = must(signer->service_token());
    CHECK(reason(*verifier, token) != "accepted");
    std::filesystem::copy_file(elsewhere.path() / "productd.pub",
                               house.folder.path() / "productd.pub");
    CHECK(reason(*verifier, token) == "no public key of productd");
    house.clock.advance(1s);
    CHECK(reason(*verifier, token) == "accepted");
}

TEST_CASE("tokens: more of them than are remembered are all verified") {
    const House house;
    const auto signer = house.signer("userd");
    const auto verifier = house.verifier();
    const auto first = must(signer->sign(house.ada()));
    CHECK(reason(*verifier, first) == "accepted");
    int accepted = 0;
    constexpr int kTokens = 4200;
    for (int i = 0; i < kTokens; ++i)
        accepted += reason(*verifier, must(signer->sign(house.ada()))) == "accepted" ? 1 : 0;
    CHECK(accepted == kTokens);
    CHECK(reason(*verifier, first) == "accepted");
}

TEST_CASE("tokens: many threads verify at once and each gets its own answer") {
    const House house;
    const auto signer = house.signer("userd");
    const auto verifier = house.verifier();
    const auto bad = forge(house.claims(), JWT_ALG_HS256, house.key("userd.pub"));
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            auto principal = house.ada();
            principal.number = i;
            const auto token = signer->sign(principal).value_or("");
            for (int round = 0; round < 50; ++round) {
                const auto found = verifier->verify(token);
                if (!found || found->number != i || verifier->verify(bad)) ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}
