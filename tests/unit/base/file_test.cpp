#include "base/file.hpp"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "support/temp_folder.hpp"

using namespace shop;
using shop::test::TempFolder;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("files: what was written is read, with the mode asked for", "[base][file]") {
    const TempFolder folder;
    const fs::path path = folder.path() / "secret";
    const std::string content(200'000, '\x01');
    REQUIRE(write_file(path, "old", 0644));
    REQUIRE(write_file(path, content, 0600));
    CHECK(read_file(path) == content);
    CHECK(mode_of(path) == 0600);
    // Nothing is left beside it.
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("files: a failure says which, and leaves nothing behind", "[base][file]") {
    const TempFolder folder;
    CHECK(read_file(folder.path() / "none").error().code == Code::not_found);
    CHECK(read_file(folder.path()).error().code == Code::internal);
    CHECK(write_file(folder.path() / "none" / "file", "x", 0600).error().code == Code::not_found);
    fs::create_directory(folder.path() / "taken");
    const auto refused = write_file(folder.path() / "taken", "x", 0600);
    REQUIRE(!refused);
    CHECK(refused.error().message.find("taken") != std::string::npos);
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("read_file: the bound holds", "[base][file]") {
    const TempFolder folder;
    REQUIRE(write_file(folder.path() / "ten", "0123456789", 0600));
    CHECK(read_file(folder.path() / "ten", 10) == "0123456789");
    CHECK(read_file(folder.path() / "ten", 9).error().code == Code::invalid_argument);
}

TEST_CASE("make_folder: with its parents, and again", "[base][file]") {
    const TempFolder folder;
    const fs::path deep = folder.path() / "a" / "b";
    const mode_t before = ::umask(0077);
    REQUIRE(make_folder(deep, 0750));
    ::umask(before);
    REQUIRE(make_folder(deep, 0700));
    CHECK(mode_of(deep) == 0750);
    CHECK(mode_of(folder.path() / "a") == 0750);
    REQUIRE(write_file(folder.path() / "file", "", 0600));
    CHECK_FALSE(make_folder(folder.path() / "file", 0700));
}
