// Power is lost at any moment: images of the store's file, made from a record of what was written
// and what was synced. `make torture` makes a thousand of them.
//
//   SHOP_TORTURE_IMAGES=n   how many
//   SHOP_TORTURE_SEED=n     the first image's number; each is made from its own
//   SHOP_TORTURE_LOG=path   a log that a failure left, instead of a new one
#include <algorithm>
#include <cstdlib>

#include "torture/harness.hpp"

using namespace shop;
using namespace shop::torture;

namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kChanges = 50;

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// What is wrong with the store after one power loss, at a moment from `first` on.
std::string fault_after_loss(const Log& log, std::size_t first, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::size_t last = log.events().size();
    const std::size_t point = std::uniform_int_distribution(first, last)(random);
    const std::string image = cut(log, point, random);
    const std::string fault = fault_of_image(image, acknowledged(log, point, kLanes));
    if (fault.empty()) return "";
    return "image " + std::to_string(seed) + ", cut before event " + std::to_string(point) +
           " of " + std::to_string(last) + ": " + fault;
}

// The number of the first event after the store was opened; before that nothing can be lost.
std::size_t begin_of_changes(const Log& log) {
    const auto& events = log.events();
    const auto opened = std::find_if(events.begin(), events.end(), [](const Event& event) {
        return event.mark.kind == Kind::opened;
    });
    REQUIRE(opened != events.end());
    return static_cast<std::size_t>(opened - events.begin()) + 1;
}

// All events, all sectors.
std::string whole_file(const Log& log) {
    std::string out;
    for (const auto& [mark, bytes] : log.events()) {
        if (mark.kind != Kind::write) continue;
        out.resize(std::max(out.size(), mark.at + bytes.size()));
        out.replace(mark.at, bytes.size(), bytes);
    }
    return out;
}

void check_recorder(const RecordedStore& recorded) {
    const Log log(recorded.log());
    REQUIRE(acknowledged(log, log.events().size(), kLanes) ==
            std::vector<std::uint64_t>(kLanes, kChanges));
    // A write that went past the recorder would be missing in every image.
    const bool all_seen = whole_file(log) == file_text(recorded.store() / "data.mdb");
    REQUIRE(all_seen);
}

// Where the next run finds what this one failed with.
std::string kept(const std::filesystem::path& log) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("shop-torture-" + std::to_string(first_seed()) + ".log");
    std::filesystem::copy_file(log, path, std::filesystem::copy_options::overwrite_existing);
    return path;
}

}  // namespace

TEST_CASE("power loss: no image loses an acknowledged change or fails to open", "[torture]") {
    if (!can_preload("power loss")) return;
    const std::uint64_t images = number_from("SHOP_TORTURE_IMAGES", 50);
    const RecordedStore recorded;
    std::filesystem::path path = recorded.log();
    if (const char* given = std::getenv("SHOP_TORTURE_LOG")) {
        path = given;
    } else {
        const auto outcome = recorded.run("write", kLanes, kChanges);
        INFO(outcome.err);
        REQUIRE(outcome.exit_code == 0);
        check_recorder(recorded);
    }
    const Log log(path);
    const std::size_t first = begin_of_changes(log);
    std::cout << "power loss: " << images << " images, seed " << first_seed() << ", "
              << log.events().size() << " events" << std::endl;
    for (std::uint64_t seed = first_seed(); seed < first_seed() + images; ++seed) {
        const std::string fault = fault_after_loss(log, first, seed);
        if (fault.empty()) continue;
        FAIL(fault << "\nagain with SHOP_TORTURE_IMAGES=1 SHOP_TORTURE_SEED=" << seed
                   << " SHOP_TORTURE_LOG=" << kept(path));
    }
    SUCCEED();
}

TEST_CASE("power loss: without a sync the same images show losses", "[torture]") {
    if (!can_preload("power loss without a sync")) return;
    constexpr int kImages = 20;
    const RecordedStore recorded;
    const auto outcome = recorded.run("unsynced", kLanes, kChanges);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    check_recorder(recorded);
    const Log log(recorded.log());
    const std::size_t first = begin_of_changes(log);
    int losses = 0;
    for (std::uint64_t seed = first_seed(); seed < first_seed() + kImages; ++seed)
        losses += !fault_after_loss(log, first, seed).empty();
    std::cout << "power loss without a sync: " << losses << " of " << kImages << " images lost"
              << std::endl;
    CHECK(losses > kImages / 4);
}
