// What of userd's keys and of its public documents stands in the gateway's configuration.
#include <catch2/catch.hpp>

#include "auth/token.hpp"
#include "base/file.hpp"
#include "gateway/keys.hpp"
#include "gateway/render.hpp"
#include "gateway/routes.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli;

namespace {

struct RenderedHouse {
    test::TempFolder folder;
    GatewaySettings settings;

    RenderedHouse() {
        REQUIRE(auth::ensure_keys(folder.path(), "userd"));
        for (const auto* table : api::all_services())
            settings.services.push_back({table, {"http://127.0.0.1:1"}});
        settings.certificate = "shop.crt";
        settings.runtime_socket = "runtime.sock";
        settings.keys_dir = folder.path();
        settings.key_copies = folder.path() / "copies";
    }
    std::string render() const {
        const auto text = render_with_keys(settings);
        REQUIRE(text);
        return *text;
    }
    std::vector<auth::SigningKey> keys() const {
        return auth::signing_keys(folder.path(), "userd").value();
    }
};

}  // namespace

TEST_CASE("gateway: each key is verified from a copy of its own name, before and after rotations") {
    const RenderedHouse house;
    for (std::size_t rotations = 0; rotations < 3; ++rotations) {
        const std::string text = house.render();
        const auto keys = house.keys();
        CHECK(keys.size() == (rotations == 0 ? 2 : 3));
        for (const auto& key : keys) {
            const auto path = house.settings.key_copies / (key.key.kid() + ".pub");
            CHECK(read_file(path).value_or("") == key.key.pem());
            const std::string by_name = "jwt_verify(ES256," + path.string() +
                                        ") if token_new { var(txn.kid) -m str -- " + key.key.kid() +
                                        " }\n";
            CHECK(text.find(by_name) != std::string::npos);
            const bool current = key.state == auth::KeyState::current;
            const std::string nameless =
                "jwt_verify(ES256," + path.string() + ") if token_new !token_names_key";
            CHECK((text.find(nameless) != std::string::npos) == current);
        }
        CHECK(text.find("userd.pub") == std::string::npos);  // whose content changes
        REQUIRE(auth::rotate_keys(house.folder.path(), "userd", auth::Rotation::ordinary));
    }
}

TEST_CASE("gateway: a folder of copies that can't stand in the configuration is not made") {
    RenderedHouse house;
    house.settings.key_copies = house.folder.path() / "a b";
    const auto text = render_with_keys(house.settings);
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Code::invalid_argument);
    CHECK_FALSE(std::filesystem::exists(house.settings.key_copies));
}

TEST_CASE("gateway: what is well known leads to its service, other documents do not") {
    const Tables all(api::all_services().begin(), api::all_services().end());
    const std::string acls = route_acls(all);
    CHECK(acls.starts_with("    acl to_userd var(txn.area) -m str .well-known/jwks.json "));
    for (const char* hidden : {"metrics", "livez", "openapi", "version", "v1/events"})
        CHECK(acls.find(hidden) == std::string::npos);
}
