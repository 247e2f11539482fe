// Objects by the hash of their content.
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "deploy/objects.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

// What was written beside and not renamed would stay for ever.
std::size_t files_in(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) ++count;
    return count;
}

}  // namespace

TEST_CASE("deploy objects: content is kept by its hash, once for each name", "[deploy][objects]") {
    const test::TempFolder folder;
    ObjectStore objects(folder.path() / "a/b/objects");
    const std::string program(3'000'000, 'p');
    const auto hash = objects.put(program, "shop-userd", 0755);
    REQUIRE(hash);
    CHECK(*hash == hash_of(program));
    CHECK(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(objects.put(program, "shop-userd", 0755).value() == *hash);
    CHECK(objects.put(program, "other", 0644).value() == *hash);
    CHECK(files_in(folder.path()) == 2);
    CHECK(objects.read(*hash, "shop-userd").value() == program);
    CHECK(mode_of(objects.path(*hash, "shop-userd")) == 0755);
    CHECK(mode_of(objects.path(*hash, "other")) == 0644);
    // The services' users have to get there.
    CHECK(mode_of(folder.path() / "a/b/objects" / *hash) == 0755);
    CHECK(mode_of(folder.path() / "a/b") == 0755);
}

TEST_CASE("deploy objects: a file is put with its content, whatever it was called",
          "[deploy][objects]") {
    const test::TempFolder folder;
    ObjectStore objects(folder.path() / "objects");
    REQUIRE(write_file(folder.path() / "userd.toml", "port = 1\n", 0600));
    const auto hash = objects.put_file(folder.path() / "userd.toml", "settings", 0644);
    REQUIRE(hash);
    CHECK(read_file(objects.path(*hash, "settings")).value() == "port = 1\n");
    CHECK(objects.put_file(folder.path() / "none", "settings", 0644).error().code ==
          Code::not_found);
    for (const char* name : {"", ".", "..", ".hidden", "a/b"})
        CHECK(objects.put("x", name, 0644).error().code == Code::invalid_argument);
}

TEST_CASE("deploy objects: a missing and a changed one are told apart, and put makes both whole",
          "[deploy][objects]") {
    const test::TempFolder folder;
    ObjectStore objects(folder.path());
    const auto hash = objects.put("good", "unit", 0644).value();
    CHECK(objects.verify(hash, "unit"));
    CHECK(objects.verify(hash, "other").error().code == Code::not_found);
    CHECK(objects.verify(hash_of("never"), "unit").error().code == Code::not_found);
    CHECK(objects.verify("../" + hash, "unit").error().code == Code::not_found);
    REQUIRE(write_file(objects.path(hash, "unit"), "bad", 0644));
    CHECK(objects.verify(hash, "unit").error().code == Code::failed_precondition);
    CHECK(objects.read(hash, "unit").error().code == Code::failed_precondition);
    CHECK(objects.put("good", "unit", 0644).value() == hash);
    CHECK(objects.verify(hash, "unit"));
    REQUIRE(::chmod(objects.path(hash, "unit").c_str(), 0600) == 0);
    CHECK(objects.put("good", "unit", 0644));
    CHECK(mode_of(objects.path(hash, "unit")) == 0644);
}

TEST_CASE("deploy objects: what no release uses is removed, and nothing else",
          "[deploy][objects]") {
    const test::TempFolder folder;
    ObjectStore objects(folder.path());
    CHECK(ObjectStore(folder.path() / "none").prune({}).value() == 0);
    const auto kept = objects.put("kept", "a", 0644).value();
    const auto gone = objects.put("gone", "a", 0644).value();
    CHECK(objects.put("gone", "b", 0644));
    REQUIRE(write_file(folder.path() / "note", "the owner's", 0644));
    CHECK(objects.prune({kept, "sha256:of-an-image", ""}).value() == 1);
    CHECK(objects.verify(kept, "a"));
    CHECK(objects.verify(gone, "a").error().code == Code::not_found);
    CHECK(fs::exists(folder.path() / "note"));
}
