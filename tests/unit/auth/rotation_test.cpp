// Signing keys that are rotated: the files at each step, and what signers and verifiers make of
// them.
#include <catch2/catch.hpp>

#include <fstream>
#include <map>

#include "auth/signing_keys.hpp"
#include "base/text.hpp"
#include "unit/auth/fixture.hpp"

using namespace shop;
using namespace shop::auth;
using namespace shop::auth::test;

namespace {

namespace fs = std::filesystem;

// kid by state; "" where there is none.
struct Kids {
    std::string current, next, previous;
    bool operator==(const Kids&) const = default;
};

Kids kids_in(const fs::path& folder) {
    Kids kids;
    for (const auto& key : must(signing_keys(folder, "userd"))) {
        auto& place = key.state == KeyState::current ? kids.current
                      : key.state == KeyState::next  ? kids.next
                                                     : kids.previous;
        CHECK(place.empty());
        place = key.key.kid();
    }
    return kids;
}

std::string kid_of(const std::string& token) {
    const std::string text = from_base64url(split(token, '.')[0]).value_or("");
    return must(parse_json(text)).value("kid", "");
}

// A token of Ada's that names this key, signed with that of the file.
std::string naming(const House& house, const std::string& kid,
                   const std::string& file = "userd.key") {
    return forge(house.claims(), JWT_ALG_ES256, house.key(file), "kid", kid);
}

const fs::path& folder_of(const House& house) { return house.folder.path(); }

}  // namespace

TEST_CASE("signing keys: the thumbprint is RFC 7638's, and libjwt verifies what we sign") {
    const House house;
    const auto key = must(signing_keys(folder_of(house), "userd")).at(0).key;
    CHECK(key.kid().size() == 43);
    CHECK(from_base64url(key.x())->size() == 32);
    CHECK(from_base64url(key.y())->size() == 32);
    // The known key of RFC 7517 (appendix A.1), whose thumbprint other libraries give as this.
    const auto known =
        must(PublicKey::parse("-----BEGIN PUBLIC KEY-----\n"
                              "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A\n"
                              "iTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==\n"
                              "-----END PUBLIC KEY-----\n"));
    CHECK(known.x() == "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4");
    CHECK(known.y() == "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
    CHECK(known.kid() == "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    const auto token = must(house.signer("userd")->sign(house.ada()));
    CHECK(kid_of(token) == key.kid());
    jwt_t* raw = nullptr;
    CHECK(jwt_decode(&raw, token.c_str(), reinterpret_cast<const unsigned char*>(key.pem().data()),
                     static_cast<int>(key.pem().size())) == 0);
    jwt_free(raw);
}

TEST_CASE("rotation: current becomes previous, next becomes current, and there is a new next") {
    const House house;
    const Kids before = kids_in(folder_of(house));
    CHECK(before.previous.empty());
    REQUIRE(rotate_keys(folder_of(house), "userd", Rotation::ordinary));
    const Kids after = kids_in(folder_of(house));
    CHECK(after.previous == before.current);
    CHECK(after.current == before.next);
    CHECK(after.next != before.next);
    CHECK_FALSE(fs::exists(folder_of(house) / "userd.previous.key"));
    REQUIRE(ensure_keys(folder_of(house), "userd"));
    CHECK(kids_in(folder_of(house)) == after);
    REQUIRE(rotate_keys(folder_of(house), "userd", Rotation::ordinary));
    CHECK(kids_in(folder_of(house)).previous == after.current);
}

TEST_CASE("rotation: an emergency leaves none of the keys that were there") {
    const House house;
    REQUIRE(rotate_keys(folder_of(house), "userd", Rotation::ordinary));
    const Kids before = kids_in(folder_of(house));
    REQUIRE(rotate_keys(folder_of(house), "userd", Rotation::emergency));
    const Kids after = kids_in(folder_of(house));
    CHECK(after.previous.empty());
    for (const auto& kid : {after.current, after.next})
        CHECK((kid != before.current && kid != before.next && kid != before.previous));
    CHECK(after.current != after.next);
}

TEST_CASE("rotation: after a crash at any step a start makes the folder whole") {
    const House house;
    const auto& folder = folder_of(house);
    const auto file = [&](const char* name) { return folder / name; };
    const Kids before = kids_in(folder);
    const auto token = must(house.signer("userd")->sign(house.ada()));
    const auto verifier = house.verifier();
    CHECK(reason(*verifier, token) == "accepted");
    const bool second_step = GENERATE(false, true);
    fs::copy_file(file("userd.pub"), file("userd.previous.pub"));
    if (second_step) fs::rename(file("userd.next.key"), file("userd.key"));
    // As it stands there, and after the start.
    for (int start = 0; start < 2; ++start) {
        CHECK(reason(*house.verifier(), token) == "accepted");
        if (start == 0) REQUIRE(ensure_keys(folder, "userd"));
    }
    const Kids after = kids_in(folder);
    CHECK(after.current == (second_step ? before.next : before.current));
    CHECK(after.previous == (second_step ? before.current : ""));
    CHECK((after.next == before.next) == !second_step);
    const auto fresh = must(house.signer("userd")->sign(house.ada("staff")));
    CHECK(kid_of(fresh) == after.current);
    CHECK(reason(*verifier, fresh) == "accepted");
    // What was begun can be done now.
    REQUIRE(rotate_keys(folder, "userd", Rotation::ordinary));
    CHECK(kids_in(folder).current == after.next);
}

TEST_CASE(
    "rotation: after a crash in an emergency nothing is trusted that was not, and it goes on") {
    const House house;
    const auto& folder = folder_of(house);
    REQUIRE(rotate_keys(folder, "userd", Rotation::ordinary));
    const Kids before = kids_in(folder);
    const int steps = GENERATE(1, 2, 3);
    fs::remove(folder / "userd.previous.pub");
    if (steps > 1) fs::remove(folder / "userd.next.key");
    if (steps > 2) {
        const TempFolder other;
        REQUIRE(ensure_keys(other.path(), "userd"));
        fs::copy_file(other.path() / "userd.key", folder / "userd.key",
                      fs::copy_options::overwrite_existing);
    }
    REQUIRE(ensure_keys(folder, "userd"));
    const Kids mended = kids_in(folder);
    CHECK(mended.previous.empty());
    CHECK((mended.current == before.current) == (steps < 3));
    CHECK((mended.next == before.next) == (steps < 2));
    const auto token = must(house.signer("userd")->sign(house.ada()));
    CHECK(reason(*house.verifier(), token) == "accepted");
    REQUIRE(rotate_keys(folder, "userd", Rotation::emergency));
    CHECK(reason(*house.verifier(), token) != "accepted");
}

TEST_CASE("rotation: a folder from before has one pair, and gets its next key by itself") {
    const House house;
    const auto& folder = folder_of(house);
    for (const char* name : {"userd.next.key", "userd.next.pub"}) fs::remove(folder / name);
    const auto key = house.key("userd.key");
    const auto old = forge(house.claims(), JWT_ALG_ES256, key);  // no kid
    CHECK(kids_in(folder).next.empty());
    CHECK_FALSE(rotate_keys(folder, "userd", Rotation::ordinary));
    REQUIRE(ensure_keys(folder, "userd"));
    CHECK(house.key("userd.key") == key);
    CHECK_FALSE(kids_in(folder).next.empty());
    CHECK(reason(*house.verifier(), old) == "accepted");
}

TEST_CASE("rotation: a next key that is a copy of the current one is made anew") {
    const House house;
    const auto& folder = folder_of(house);
    for (const char* end : {".key", ".pub"})
        fs::copy_file(folder / (std::string("userd") + end),
                      folder / (std::string("userd.next") + end),
                      fs::copy_options::overwrite_existing);
    CHECK(must(signing_keys(folder, "userd")).size() == 1);  // each key once
    REQUIRE(ensure_keys(folder, "userd"));
    const Kids kids = kids_in(folder);
    CHECK_FALSE(kids.next.empty());
    CHECK(kids.next != kids.current);
}

TEST_CASE("tokens: those of the previous and the next key are good, and of no other") {
    House house;
    const auto signer = house.signer("userd");
    const auto verifier = house.verifier();
    const auto early = naming(house, kids_in(folder_of(house)).next, "userd.next.key");
    CHECK(reason(*verifier, early) == "accepted");
    const auto old = must(signer->sign(house.ada()));
    CHECK(reason(*verifier, old) == "accepted");
    REQUIRE(signer->rotate(Rotation::ordinary));
    const auto fresh = must(signer->sign(house.ada()));
    CHECK(kid_of(fresh) == kids_in(folder_of(house)).current);
    for (const auto& token : {early, old, fresh}) CHECK(reason(*verifier, token) == "accepted");
    REQUIRE(signer->rotate(Rotation::ordinary));
    house.clock.advance(1s);
    CHECK(reason(*verifier, old) == "unknown key of userd");
    CHECK(reason(*verifier, fresh) == "accepted");
    CHECK(reason(*verifier, must(signer->sign(house.ada()))) == "accepted");
}

TEST_CASE("tokens: after an emergency the old ones end within a second and new ones hold at once") {
    House house;
    const auto signer = house.signer("userd");
    const auto verifier = house.verifier();
    const auto old = must(signer->sign(house.ada()));
    const auto own = must(signer->service_token());
    CHECK(reason(*verifier, old) == "accepted");
    house.clock.advance(1s);
    CHECK(reason(*verifier, old) == "accepted");
    REQUIRE(signer->rotate(Rotation::emergency));
    CHECK(reason(*verifier, must(signer->sign(house.ada("staff")))) == "accepted");
    CHECK(must(signer->service_token()) != own);
    house.clock.advance(1s);
    CHECK(reason(*verifier, old) == "unknown key of userd");
    CHECK(reason(*verifier, own) == "unknown key of userd");
}

TEST_CASE("tokens: a rotation by another process is seen by a signer within a second") {
    House house;
    const auto signer = house.signer("userd");
    const auto before = kids_in(folder_of(house));
    CHECK(kid_of(must(signer->sign(house.ada()))) == before.current);
    REQUIRE(rotate_keys(folder_of(house), "userd", Rotation::ordinary));
    house.clock.advance(1s);
    CHECK(kid_of(must(signer->sign(house.ada()))) == before.next);
    // A key that can't be read is no reason to stop.
    fs::remove(folder_of(house) / "userd.key");
    house.clock.advance(1s);
    CHECK(kid_of(must(signer->sign(house.ada()))) == before.next);
}

TEST_CASE("tokens: a key's name that is none of the issuer's keys is refused") {
    const House house;
    const auto verifier = house.verifier();
    const auto orderd = must(signing_keys(folder_of(house), "orderd")).at(0).key.kid();
    const auto current = kids_in(folder_of(house)).current;
    const auto with_kid = [&](const std::string& kid, const std::string& file = "userd.key") {
        return reason(*verifier, naming(house, kid, file));
    };
    CHECK(with_kid(current) == "accepted");
    CHECK(with_kid(kids_in(folder_of(house)).next) == "the signature does not hold");
    CHECK(with_kid(current, "userd.next.key") == "the signature does not hold");
    CHECK(with_kid(current, "orderd.key") == "the signature does not hold");
    for (const std::string& kid :
         {orderd, std::string(), std::string("../userd"), std::string("userd"),
          folder_of(house).string() + "/userd", current + "/", current.substr(1), current + "A",
          std::string(3000, 'k')})
        CHECK(with_kid(kid) != "accepted");
    CHECK(with_kid(orderd, "orderd.key") == "unknown key of userd");
    CHECK(reason(*verifier, base64url(R"({"alg":"ES256","kid":7})") + ".e30.") ==
          "the key's name is no text");
}

TEST_CASE("tokens: unknown names of keys make the folder be read once a second at most") {
    House house;
    const auto verifier = house.verifier();
    const auto good = must(house.signer("userd")->sign(house.ada()));
    CHECK(reason(*verifier, good) == "accepted");
    CHECK(reason(*verifier, naming(house, "x")) == "unknown key of userd");
    REQUIRE(rotate_keys(folder_of(house), "userd", Rotation::emergency));
    const auto fresh = must(house.signer("userd")->sign(house.ada()));
    CHECK(reason(*verifier, fresh) == "unknown key of userd");  // read in this second already
    house.clock.advance(1s);
    CHECK(reason(*verifier, fresh) == "accepted");
}

TEST_CASE("tokens: a key file that can't be read leaves what is known, a missing one ends it") {
    House house;
    const auto verifier = house.verifier();
    const auto token = must(house.signer("userd")->sign(house.ada()));
    CHECK(reason(*verifier, token) == "accepted");
    std::ofstream(folder_of(house) / "userd.pub") << "spoilt";
    house.clock.advance(1s);
    CHECK(reason(*verifier, token) == "accepted");
    fs::remove(folder_of(house) / "userd.pub");
    house.clock.advance(1s);
    CHECK(reason(*verifier, token) == "no public key of userd");
}
