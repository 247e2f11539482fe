// Upgrades of the embedded engine's store when it is opened, and who may have it open meanwhile.
#include <catch2/catch.hpp>

#include "base/file_lock.hpp"
#include "contract/engines.hpp"
#include "contract/machine.hpp"
#include "store/upgrade.hpp"

using namespace shop;
using namespace shop::store;
using namespace shop::store::test;

namespace {

std::unique_ptr<Store> open_with(const std::filesystem::path& folder, const UpgradeSteps& steps,
                                 const std::vector<std::string>& tables = {"a", "b"}) {
    auto store = open_lmdb_with({.folder = folder, .tables = tables}, steps);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

std::optional<std::string> format_of(const std::filesystem::path& folder,
                                     const UpgradeSteps& steps) {
    return get(*open_with(folder, steps, {"meta"}), 0, "format");
}

// Appends `mark` to each value of table "a" and counts its runs in table "runs".
UpgradeStep appending(const std::string& mark) {
    return {.tables = {"a", "runs"}, .run = [mark](Transaction& tx) -> Result<void> {
                Entries entries = scan(tx, 0, {});
                for (const auto& [key, value] : entries) tx.put(0, key, value + mark);
                const auto runs = tx.get(1, mark);
                tx.put(1, mark, (runs ? std::string(*runs) : "") + "1");
                return {};
            }};
}

UpgradeStep failing(std::function<void()> how) {
    return {.tables = {"a"}, .run = [how](Transaction& tx) -> Result<void> {
                tx.put(0, "k", "half");
                how();
                return fail(Code::failed_precondition, "the step found something odd");
            }};
}

void make_old(const std::filesystem::path& folder) {
    REQUIRE(put(*open_with(folder, {}), 0, "k", "v"));
}

// Opens the store in a child process, says so, and keeps it open until it is killed.
class Holder {
public:
    explicit Holder(const std::filesystem::path& folder) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        child_ = fork_child([&] {
            const auto store = open_with(folder, {});
            (void)!write(ends[1], "x", 1);
            pause();
        });
        char opened = 0;
        close(ends[1]);
        const bool open = read(ends[0], &opened, 1) == 1;
        close(ends[0]);
        REQUIRE(open);
    }
    ~Holder() {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

private:
    pid_t child_ = 0;
};

}  // namespace

TEST_CASE("upgrade: an old store takes all steps that it needs, each once", "[store]") {
    TempFolder folder;
    make_old(folder.path());
    CHECK(format_of(folder.path(), {}) == "1");
    UpgradeSteps steps{appending("+2"), appending("+3")};
    for (int i = 0; i < 2; ++i) {
        const auto store = open_with(folder.path(), steps, {"a", "runs"});
        CHECK(get(*store, 0, "k") == "v+2+3");
        CHECK(scan(*store, 1) == Entries{{"+2", "1"}, {"+3", "1"}});
    }
    CHECK(format_of(folder.path(), steps) == "3");
    steps.push_back(appending("+4"));
    CHECK(get(*open_with(folder.path(), steps), 0, "k") == "v+2+3+4");
}

TEST_CASE("upgrade: a new store has the newest format and takes no step", "[store]") {
    TempFolder folder;
    const UpgradeSteps steps{failing([] {})};
    CHECK(scan(*open_with(folder.path(), steps), 0).empty());
    CHECK(format_of(folder.path(), steps) == "2");
}

TEST_CASE("upgrade: a step is for the stores that have its first table", "[store]") {
    TempFolder folder;
    make_old(folder.path());
    UpgradeStep step = failing([] {});
    step.tables = {"products", "a"};
    CHECK(get(*open_with(folder.path(), {step}), 0, "k") == "v");
    CHECK(format_of(folder.path(), {step}) == "2");
}

TEST_CASE("upgrade: a step that fails, throws or crashes leaves the store as it was", "[store]") {
    TempFolder folder;
    make_old(folder.path());
    const LmdbOptions options{.folder = folder.path(), .tables = {"a", "b"}};
    const auto failed = open_lmdb_with(options, {appending("+2"), failing([] {})});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().message == "the step found something odd");
    CHECK_FALSE(open_lmdb_with(options, {failing([] { throw std::runtime_error("odd"); })}));
    const pid_t child = fork_child([&] {
        (void)open_lmdb_with(options, {appending("+2"), failing([] { _exit(42); })});
    });
    CHECK(WEXITSTATUS(wait_for(child)) == 42);
    CHECK(format_of(folder.path(), {}) == "1");
    CHECK(scan(*open_with(folder.path(), {}), 0) == Entries{{"k", "v"}});
    CHECK(get(*open_with(folder.path(), {appending("+2")}), 0, "k") == "v+2");
}

TEST_CASE("upgrade: two processes that start at once upgrade once, and both go on", "[store]") {
    for (int round = 0; round < 5; ++round) {
        TempFolder folder;
        make_old(folder.path());
        std::vector<pid_t> children;
        for (int i = 0; i < 4; ++i)
            children.push_back(fork_child([&] {
                const auto store = open_with(folder.path(), {appending("+2")});
                if (get(*store, 0, "k") != "v+2") _exit(98);
                if (!put(*store, 1, std::to_string(i), "v")) _exit(97);
            }));
        for (const pid_t child : children) CHECK(wait_for(child) == 0);
        const auto store = open_with(folder.path(), {appending("+2")}, {"b", "runs"});
        CHECK(scan(*store, 0).size() == 4);
        CHECK(get(*store, 1, "+2") == "1");
    }
}

TEST_CASE("upgrade: is refused while another process has the old store open", "[store]") {
    TempFolder folder;
    make_old(folder.path());
    const LmdbOptions options{.folder = folder.path(), .tables = {"a"}};
    {
        const Holder old_release(folder.path());
        const auto refused = open_lmdb_with(options, {appending("+2")});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Code::failed_precondition);
        CHECK_THAT(refused.error().message, Catch::Contains("stop the old release") &&
                                                Catch::Contains("format 1") &&
                                                Catch::Contains("format 2"));
        // Another of the same format may still come.
        CHECK(get(*open_with(folder.path(), {}), 0, "k") == "v");
    }
    // In one process as well.
    const auto old_release = open_with(folder.path(), {});
    CHECK_FALSE(open_lmdb_with(options, {appending("+2")}));
    CHECK(put(*old_release, 0, "k", "w"));
}

TEST_CASE("upgrade: the folder's lock goes with the last who has the store open", "[store]") {
    TempFolder folder;
    make_old(folder.path());
    CHECK(mode_of(folder.path() / "in_use") == 0600);
    {
        const Holder first(folder.path());
        const Holder second(folder.path());
        CHECK_FALSE(FileLock(folder.path() / "in_use", FileLock::Kind::exclusive).held());
        CHECK(FileLock(folder.path(), FileLock::Kind::exclusive).held());
    }
    CHECK(FileLock(folder.path() / "in_use", FileLock::Kind::exclusive).held());
}

TEST_CASE("upgrade: this program's own stores have this program's format", "[store]") {
    TempFolder folder;
    const auto store = open_or_throw({.folder = folder.path(), .tables = {"meta"}});
    CHECK(get(*store, 0, "format") == std::to_string(store_format()));
    CHECK(store_format() == 1 + static_cast<std::int64_t>(upgrade_steps().size()));
}
