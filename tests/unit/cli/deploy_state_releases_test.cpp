// Releases: their ids, what differs between two, and those that a host keeps.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "deploy/releases.hpp"
#include "schema/codec.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

Part part_of(const std::string& service) {
    Part part;
    part.description = {.service = service,
                        .version = "1.0",
                        .commit = "abc",
                        .store_format = 2,
                        .store_reads_from = 1,
                        .serves = {"GET /v1/a", "POST /v1/b"},
                        .needs = {{"productd", "GET /v1/products"}}};
    part.binary = hash_of("binary of " + service);
    part.unit = hash_of("unit");
    part.settings = hash_of("settings");
    part.secrets = {{"mail-password", 3}};
    return part;
}

Release release_of(std::vector<Part> parts, int minute = 0) {
    Release release{.driver = "systemd",
                    .made_at = Time(std::chrono::minutes(minute)),
                    .made_by = "ann@box",
                    .parts = std::move(parts)};
    release.id = id_of(release);
    return release;
}

// A kept release whose only object is its settings.
struct Shelf {
    test::TempFolder folder;
    ObjectStore objects{folder.path() / "objects"};
    Releases releases{folder.path() / "releases", objects};

    Release add(const std::string& settings, int minute) {
        Part part = part_of("userd");
        part.binary = part.unit = "";
        part.settings = objects.put(settings, "settings", 0644).value();
        Release release = release_of({part}, minute);
        REQUIRE(releases.put(release));
        return release;
    }
    bool has_objects(const Release& release) const {
        return objects.verify(release.parts[0].settings, "settings").has_value();
    }
    fs::path file(const Release& release) const {
        return folder.path() / "releases" / (release.id + ".json");
    }
};

}  // namespace

TEST_CASE("deploy release: the id is that of the content, not of who made it when",
          "[deploy][release]") {
    const Release release = release_of({part_of("userd"), part_of("orderd")});
    CHECK(release.id.size() == 16);
    // Another shopctl, another machine: the same content has to be the same release.
    CHECK(release.id == "ac452fd1df3c5ce8");
    Release again = release;
    again.made_at += 1h;
    again.made_by = "bob@other";
    again.id = "";
    CHECK(id_of(again) == release.id);
    again.driver = "podman";
    CHECK(id_of(again) != release.id);
    CHECK(id_of(release_of({part_of("orderd"), part_of("userd")})) != release.id);
    const auto read = schema::decode_text<Release>(schema::encode_text(release));
    REQUIRE(read);
    CHECK(id_of(*read) == release.id);
}

TEST_CASE("deploy release: each part of the content changes fingerprint and id, and is named",
          "[deploy][release]") {
    struct Row {
        std::function<void(Part&)> change;
        std::vector<std::string> lines;
    };
    const std::vector<Row> rows = {
        {[](Part&) {}, {}},
        {[](Part& p) { p.description.version = "1.1"; }, {"version 1.0 -> 1.1"}},
        {[](Part& p) { p.description.commit = "def"; }, {"commit abc -> def"}},
        {[](Part& p) { p.binary = "x"; }, {"program changed"}},
        {[](Part& p) { p.unit = "x"; }, {"unit changed"}},
        {[](Part& p) { p.settings = "x"; }, {"settings changed"}},
        {[](Part& p) { p.description.store_format = 3; }, {"store format 2 -> 3"}},
        {[](Part& p) { p.description.serves.pop_back(); }, {"no longer serves POST /v1/b"}},
        {[](Part& p) { p.description.serves.emplace_back("GET /v1/c"); }, {"contract changed"}},
        {[](Part& p) { p.description.needs.clear(); }, {"contract changed"}},
        {[](Part& p) { p.secrets[0].version = 4; }, {"secret mail-password 3 -> 4"}},
        {[](Part& p) {
             p.secrets.push_back({"a", 1});
         },
         {"secret a none -> 1"}},
        {[](Part& p) { p.secrets.clear(); }, {"secret mail-password 3 -> none"}},
        {[](Part& p) {
             p.description.version = "2";
             p.binary = p.settings = "x";
         },
         {"version 1.0 -> 2", "settings changed"}},
    };
    const Part before = part_of("userd");
    for (const Row& row : rows) {
        Part after = before;
        row.change(after);
        CHECK(differences(before, after) == row.lines);
        CHECK((fingerprint(before) == fingerprint(after)) == row.lines.empty());
        CHECK((release_of({before}).id == release_of({after}).id) == row.lines.empty());
    }
}

TEST_CASE("deploy release: a part is found by its service", "[deploy][release]") {
    const Release release = release_of({part_of("userd"), part_of("orderd")});
    CHECK(release.find("orderd") == &release.parts[1]);
    CHECK(release.find("productd") == nullptr);
}

TEST_CASE("deploy releases: what was put is read again, and the first one stays",
          "[deploy][releases]") {
    Shelf shelf;
    const Release release = shelf.add("one", 1);
    Release later = release;
    later.made_at += 1h;
    REQUIRE(shelf.releases.put(later));
    const auto read = shelf.releases.get(release.id);
    REQUIRE(read);
    CHECK(read->made_at == release.made_at);
    CHECK(read->made_by == "ann@box");
    CHECK(differences(read->parts[0], release.parts[0]).empty());
    later.id = "0123456789abcdef";
    CHECK(shelf.releases.put(later).error().code == Code::invalid_argument);
}

TEST_CASE("deploy releases: one that is not kept, or not what its id says, is not given out",
          "[deploy][releases]") {
    Shelf shelf;
    const Release release = shelf.add("one", 1);
    for (const std::string id : {"0123456789abcdef", "", "../x", "latest"})
        CHECK(shelf.releases.get(id).error().code == Code::not_found);
    std::string text = read_file(shelf.file(release)).value();
    text.replace(text.find("mail-password\",\"version\":3"), 26, "mail-password\",\"version\":2");
    REQUIRE(write_file(shelf.file(release), text, 0644));
    CHECK(shelf.releases.get(release.id).error().code == Code::failed_precondition);
    REQUIRE(write_file(shelf.file(release), "{\"id\":", 0644));
    CHECK(shelf.releases.get(release.id).error().code == Code::failed_precondition);
    REQUIRE(shelf.releases.put(release));  // makes it whole
    CHECK(shelf.releases.get(release.id));
}

TEST_CASE("deploy releases: the named and the newest are kept, and the objects of these alone",
          "[deploy][releases]") {
    Shelf shelf;
    CHECK(shelf.releases.list().value().empty());
    std::vector<Release> all;
    for (int i = 0; i < 6; ++i) all.push_back(shelf.add("settings " + std::to_string(i), i));
    std::vector<std::string> ids;
    for (const Release& release : all) ids.push_back(release.id);
    CHECK(shelf.releases.list().value() == ids);
    REQUIRE(shelf.releases.prune({all[0].id, all[4].id, "0123456789abcdef"}, 2));
    // 5 and 3 are the newest of the others.
    CHECK(shelf.releases.list().value() ==
          std::vector<std::string>{all[0].id, all[3].id, all[4].id, all[5].id});
    for (std::size_t i = 0; i < all.size(); ++i)
        CHECK(shelf.has_objects(all[i]) == (i != 1 && i != 2));
}

TEST_CASE("deploy releases: where a named one can't be read nothing is removed; others go first",
          "[deploy][releases]") {
    Shelf shelf;
    const Release damaged = shelf.add("one", 9);
    const Release other = shelf.add("two", 1);
    REQUIRE(write_file(shelf.file(damaged), "{}", 0644));
    CHECK(shelf.releases.prune({damaged.id}, 0).error().code == Code::failed_precondition);
    CHECK(shelf.has_objects(damaged));
    CHECK(shelf.has_objects(other));
    REQUIRE(shelf.releases.prune({}, 1));
    CHECK(shelf.releases.list().value() == std::vector<std::string>{other.id});
    CHECK_FALSE(shelf.has_objects(damaged));
}
