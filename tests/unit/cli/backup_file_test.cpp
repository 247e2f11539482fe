// The backup file: what is written is read, and nothing else is taken for it.
#include <catch2/catch.hpp>

#include "api/endpoint.hpp"
#include "backup/verify.hpp"
#include "backup/words.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/zstd.hpp"
#include "schema/codec.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli;

namespace {

std::string compressed(const std::string& plain) {
    std::string out;
    ZstdWriter writer([&](std::string_view bytes) -> Result<void> {
        out += bytes;
        return {};
    });
    REQUIRE(writer.write(plain));
    REQUIRE(writer.finish());
    return out;
}

BackupPart part_of(const std::string& service, const std::string& plain, const std::string& frame,
                   std::size_t offset) {
    BackupPart part;
    part.service = service;
    part.format = 1;
    part.taken_at = parse_time("2026-11-27T14:41:00Z").value();
    part.entries = 7;
    part.offset = static_cast<std::int64_t>(offset);
    part.bytes = static_cast<std::int64_t>(frame.size());
    part.bytes_plain = static_cast<std::int64_t>(plain.size());
    part.sha256 = sha256_hex(frame);
    return part;
}

// A whole backup; `change` may spoil the manifest before it is written.
std::string backup(const std::function<void(BackupManifest&)>& change = {}) {
    const std::string id = "bak_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b";
    BackupManifest manifest{id, parse_time("2026-11-27T14:41:00Z").value(), "0.1.0", {}};
    const std::string head = head_frame(id);
    std::string out = head;
    for (const auto* service : api::all_services()) {
        const std::string plain = "what " + service->name + " holds";
        const std::string frame = compressed(plain);
        manifest.services.push_back(part_of(service->name, plain, frame, out.size()));
        out += frame;
    }
    if (change) change(manifest);
    return out + closing_frames(manifest, head);
}

class OnDisk {
public:
    Result<BackupFile> open(const std::string& content) const {
        REQUIRE(write_file(path(), content, 0600));
        return BackupFile::open(path().string());
    }
    // Whether it is noticed that this is no whole backup.
    bool is_refused(const std::string& content) const {
        const auto file = open(content);
        return !file || !verify_whole(*file, {});
    }

private:
    std::filesystem::path path() const { return folder_.path() / "x.backup"; }
    test::TempFolder folder_;
};

// The error of opening it.
Error refusal(const std::string& content) {
    const auto file = OnDisk().open(content);
    REQUIRE(!file);
    return file.error();
}

std::string with_head(const Json& head) {
    const std::string old_head = head_frame("bak_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b");
    return skippable_frame(head.dump()) + backup().substr(old_head.size());
}

}  // namespace

TEST_CASE("backup file: what was written is read again, dump by dump") {
    const OnDisk disk;
    const auto file = disk.open(backup());
    REQUIRE(file);
    CHECK(file->manifest().entries() == 21);
    CHECK(format_time(file->manifest().cut_at()) == "2026-11-27T14:41:00.000Z");
    CHECK(verify_whole(*file, {}));
    for (const BackupPart& part : file->manifest().services) {
        ZstdReader reader(file->part(part));
        std::string plain(1000, '\0');
        plain.resize(reader.read(plain).value());
        CHECK(plain == "what " + part.service + " holds");
    }
    CHECK(backup_name(file->manifest().created_at) == "shop-20261127T144100Z.backup");
}

TEST_CASE("backup file: any byte that changed is noticed") {
    const OnDisk disk;
    const std::string whole = backup();
    REQUIRE(!disk.is_refused(whole));
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const char bits : {'\x01', '\x80'}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ bits);
            INFO("byte " << at);
            CHECK(disk.is_refused(changed));
        }
}

TEST_CASE("backup file: one that is cut off anywhere, or goes on behind its end, is noticed") {
    const OnDisk disk;
    const std::string whole = backup();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size << " bytes");
        CHECK(disk.is_refused(whole.substr(0, size)));
    }
    CHECK(disk.is_refused(whole + '\0'));
    CHECK(disk.is_refused(whole + whole));
}

TEST_CASE("backup file: a newer form is said to be one, and no guess is made") {
    const std::string id = "bak_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b";
    const auto newer = refusal(with_head({{"format", "shop-backup"}, {"version", 2}, {"id", id}}));
    CHECK(newer.code == Code::failed_precondition);
    CHECK_THAT(newer.message, Catch::Contains("newer shopctl"));
    const auto other = refusal(with_head({{"format", "tar"}, {"version", 1}, {"id", id}}));
    CHECK_THAT(other.message, Catch::Contains("not a backup of a shop"));
    const auto odd = refusal(with_head({{"format", "shop-backup"}, {"version", 0}, {"id", id}}));
    CHECK(odd.code == Code::invalid_argument);
    CHECK_THAT(refusal("a text that is no backup at all").message,
               Catch::Contains("not a backup of a shop"));
}

TEST_CASE("backup file: a manifest that lies is refused, though its hash is right") {
    using Change = std::function<void(BackupManifest&)>;
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    const std::vector<Change> changes = {
        [](BackupManifest& m) { m.services.pop_back(); },
        [](BackupManifest& m) { m.services.clear(); },
        [](BackupManifest& m) { m.services[1].service = m.services[0].service; },
        [](BackupManifest& m) { m.services[1].service = "paymentd"; },
        [](BackupManifest& m) { m.services[0].offset -= 1; },
        [](BackupManifest& m) { m.services[1].offset = m.services[0].offset; },
        [](BackupManifest& m) { m.services[1].bytes = 0; },
        [](BackupManifest& m) { m.services[1].bytes = -1; },
        [](BackupManifest& m) { m.services[2].bytes += 1; },
        [](BackupManifest& m) { m.services[2].bytes -= 1; },
        [](BackupManifest& m) { m.services[2].bytes = kMax; },
        [](BackupManifest& m) { m.services[0].offset = kMax; },
        [](BackupManifest& m) { m.services[0].entries = -1; },
        [](BackupManifest& m) { m.services[0].bytes_plain = -1; },
        [](BackupManifest& m) { m.services[0].sha256 = "abc"; },
        [](BackupManifest& m) { m.id = new_id("bak"); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        INFO("change " << i);
        const auto error = refusal(backup(changes[i]));
        CHECK(error.code == Code::invalid_argument);
        CHECK_THAT(error.message, Catch::Contains("damaged"));
    }
}

TEST_CASE("backup file: a dump that unpacks to more or less than the manifest says is damaged") {
    const OnDisk disk;
    for (const int difference : {-1, 1}) {
        const auto file =
            disk.open(backup([&](BackupManifest& m) { m.services[1].bytes_plain += difference; }));
        REQUIRE(file);
        const auto verdicts = verify_parts(*file, {});
        REQUIRE(verdicts);
        CHECK((*verdicts)[0].problem.empty());
        CHECK_THAT((*verdicts)[1].problem, Catch::Contains(difference < 0 ? "more" : "less"));
        CHECK((*verdicts)[2].problem.empty());
    }
}

TEST_CASE("backup file: nothing is seen before it is whole, and an unfinished one goes") {
    const test::TempFolder folder;
    const auto names = [&] {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            out.push_back(entry.path().filename().string());
        return out;
    };
    {
        auto file = NewFile::make(folder.path());
        REQUIRE(file);
        REQUIRE(file->write("half"));
        CHECK(names().front().starts_with("."));
    }
    CHECK(names().empty());
    auto file = NewFile::make(folder.path());
    REQUIRE(file);
    REQUIRE(file->write("whole"));
    CHECK(file->keep_as("a.backup").value() == folder.path() / "a.backup");
    CHECK(names() == std::vector<std::string>{"a.backup"});
    auto second = NewFile::make(folder.path());
    REQUIRE(second);
    CHECK(second->keep_as("a.backup").value() == folder.path() / "a-2.backup");
    CHECK(read_file(folder.path() / "a.backup").value() == "whole");
}

TEST_CASE("words: sizes and ages as a person says them") {
    using namespace std::chrono_literals;
    CHECK(size_text(0) == "0 B");
    CHECK(size_text(1023) == "1023 B");
    CHECK(size_text(1536) == "1.5 KiB");
    CHECK(size_text(std::int64_t{3} << 30) == "3.0 GiB");
    CHECK(age_text(-5s) == "0 s");
    CHECK(age_text(119s) == "119 s");
    CHECK(age_text(120s) == "2 min");
    CHECK(age_text(47h) == "47 h");
    CHECK(age_text(48h) == "2 days");
}
