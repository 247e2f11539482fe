#include "base/secret_file.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/file.hpp"
#include "support/temp_folder.hpp"

using namespace shop;

namespace {

// What a service manager says of where its credentials are, while it lives.
class CredentialsIn {
public:
    explicit CredentialsIn(const std::string& folder) {
        ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
    }
    ~CredentialsIn() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
    CredentialsIn(const CredentialsIn&) = delete;
    CredentialsIn& operator=(const CredentialsIn&) = delete;
};

}  // namespace

TEST_CASE("secret file: is read without the blanks around it, where its owner alone may",
          "[secret_file]") {
    const test::TempFolder folder;
    const auto file = folder.path() / "secret";
    REQUIRE(write_file(file, " a secret \n", 0600));
    CHECK(read_secret_file(file) == "a secret");
    CHECK(read_secret_file(folder.path() / "none").error().code == Code::not_found);
    CHECK(read_secret_file(file, 4).error().code == Code::invalid_argument);
}

TEST_CASE("secret file: one that others may read is refused, and the remedy is said",
          "[secret_file]") {
    const test::TempFolder folder;
    const auto file = folder.path() / "secret";
    for (const mode_t mode : {0640, 0604, 0440, 0620}) {
        REQUIRE(write_file(file, "x", mode));
        const auto read = read_secret_file(file);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Code::permission_denied);
        CHECK_THAT(read.error().message, Catch::EndsWith("chmod 600 " + file.string()));
    }
}

TEST_CASE("secret file: the group's rights of a credential are an access list's mask",
          "[secret_file]") {
    const test::TempFolder folder;
    const auto inside = folder.path() / "credentials/first-admin";
    const auto below = folder.path() / "credentials/deeper/first-admin";
    const auto beside = folder.path() / "first-admin";
    REQUIRE(make_folder(below.parent_path(), 0700));
    for (const auto& file : {inside, below, beside}) REQUIRE(write_file(file, "x", 0440));
    const std::string credentials = inside.parent_path().string();
    for (const auto& folder_name : {credentials, credentials + "/"}) {
        const CredentialsIn said(folder_name);
        CHECK(read_secret_file(inside) == "x");
        CHECK_FALSE(read_secret_file(beside));
        CHECK_FALSE(read_secret_file(below));
        CHECK_FALSE(read_secret_file(inside.parent_path() / "../first-admin"));
        REQUIRE(write_file(inside, "x", 0444));
        CHECK_FALSE(read_secret_file(inside));
        REQUIRE(write_file(inside, "x", 0440));
    }
    for (const char* nowhere : {"", ".", "credentials"}) {
        const CredentialsIn said(nowhere);
        CHECK_FALSE(read_secret_file(inside));
    }
    CHECK_FALSE(read_secret_file(inside));
}
