// One deployer at a time, whoever dies; and one that was thought dead does no harm when it wakes.
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>

#include "base/file.hpp"
#include "deploy/journal.hpp"
#include "deploy/lock.hpp"
#include "schema/codec.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli::deploy;
using namespace std::chrono_literals;

namespace {

const Time kNoon = Time(std::chrono::seconds(1'800'000'000));

// Each deployer has a clock of its own: a heartbeat reads it in another thread, so that it stays
// as it is, and whoever comes later has a later one.
struct LockHouse {
    test::TempFolder folder;
    std::filesystem::path file = folder.path() / "state/lock.json";
    const ManualClock noon{kNoon};
    ManualClock later{kNoon};

    Result<std::unique_ptr<Lock>> take(const Clock& clock, const std::string& who,
                                       bool steal = false,
                                       std::optional<Holder>* took_over = nullptr) const {
        return Lock::take(file, clock, who, "prices", steal, took_over);
    }
    Holder stored() const { return schema::decode_text<Holder>(read_file(file).value()).value(); }
};

// A process that takes the lock and does nothing more than to be alive.
class HoldingChild {
public:
    HoldingChild(const std::filesystem::path& file, const Clock& clock) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            const auto lock = Lock::take(file, clock, "child@box", "", false, nullptr);
            const char answer = lock ? 'y' : 'n';
            if (::write(ends[1], &answer, 1) != 1) ::_exit(1);
            for (;;) ::pause();
        }
        ::close(ends[1]);
        char answer = 'n';
        const bool read = ::read(ends[0], &answer, 1) == 1;
        ::close(ends[0]);
        holds_ = read && answer == 'y';
    }
    ~HoldingChild() { end(); }
    HoldingChild(const HoldingChild&) = delete;
    HoldingChild& operator=(const HoldingChild&) = delete;

    bool holds() const { return holds_; }
    pid_t pid() const { return pid_; }
    void end() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

private:
    pid_t pid_ = 0;
    bool holds_ = false;
};

}  // namespace

TEST_CASE("deploy lock: one holds it, another hears who, and then it is free", "[deploy][lock]") {
    LockHouse house;
    CHECK_FALSE(holder_of(house.file).value());
    std::optional<Holder> before;
    std::int64_t fence = 0;
    {
        auto lock = house.take(house.noon, "ann@box", false, &before);
        REQUIRE(lock);
        CHECK_FALSE(before);
        fence = (*lock)->fence().value();
        const auto holder = holder_of(house.file).value();
        REQUIRE(holder);
        CHECK(holder->who == "ann@box");
        CHECK(holder->why == "prices");
        CHECK(holder->pid == ::getpid());
        CHECK(holder->since == kNoon);
        CHECK(holder->fence == fence);
        house.later.advance(15s);  // not yet dead
        const auto other = house.take(house.later, "bob@box");
        REQUIRE_FALSE(other);
        CHECK(other.error().code == Code::conflict);
        CHECK(other.error().message.find("ann@box since 2027-01-15T08:00:00.000Z (prices)") !=
              std::string::npos);
        CHECK((*lock)->fence().value() == fence);
    }
    CHECK_FALSE(holder_of(house.file).value());
    CHECK(house.stored().fence == fence);
    CHECK(house.stored().pid == 0);
    const auto again = house.take(house.noon, "bob@box", false, &before);
    REQUIRE(again);
    CHECK_FALSE(before);
    CHECK((*again)->fence().value() > fence);
}

TEST_CASE("deploy lock: while its holder lives, the heartbeat says so", "[deploy][lock]") {
    const LockHouse house;
    const auto lock = Lock::take(house.file, system_clock(), "ann@box", "", false, nullptr);
    REQUIRE(lock);
    const Time first = house.stored().seen;
    CHECK(test::eventually([&] { return house.stored().seen > first; }));
    CHECK(house.stored().since <= first);
}

TEST_CASE("deploy lock: a killed holder's is taken over once its heartbeat is too old",
          "[deploy][lock]") {
    LockHouse house;
    HoldingChild child(house.file, house.noon);
    REQUIRE(child.holds());
    const pid_t pid = child.pid();
    child.end();
    const std::int64_t fence = house.stored().fence;
    CHECK(house.stored().held);
    house.later.advance(kDeadAfter);
    const auto early = house.take(house.later, "bob@box");
    REQUIRE_FALSE(early);
    CHECK(early.error().code == Code::conflict);
    CHECK(early.error().message.find("Process " + std::to_string(pid) +
                                     " was last seen 15 s ago") != std::string::npos);
    house.later.advance(1ms);
    std::optional<Holder> dead;
    const auto lock = house.take(house.later, "bob@box", false, &dead);
    REQUIRE(lock);
    REQUIRE(dead);
    CHECK(dead->who == "child@box");
    CHECK(dead->pid == pid);
    CHECK(dead->fence == fence);
    CHECK((*lock)->fence().value() > fence);
}

TEST_CASE("deploy lock: who was thought dead is refused when it wakes, and so is its journal",
          "[deploy][lock]") {
    LockHouse house;
    auto stale = house.take(house.noon, "ann@box");
    REQUIRE(stale);
    Journal journal(house.folder.path() / "journal", house.noon, [&] { return (*stale)->fence(); });
    REQUIRE(journal.begin({.id = "dep_1"}));
    const std::int64_t fence = (*stale)->fence().value();
    house.later.advance(1h);
    std::optional<Holder> dead;
    auto lock = house.take(house.later, "bob@box", false, &dead);
    REQUIRE(lock);
    CHECK(dead->who == "ann@box");
    const auto refused = (*stale)->fence();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::conflict);
    CHECK(refused.error().message.find("by bob@box") != std::string::npos);
    CHECK(journal.append("dep_1", "switched", "userd").error().code == Code::conflict);
    CHECK(journal.unfinished().value()->entries.size() == 1);
    // Neither its heartbeat nor its end takes anything from the new holder.
    stale->reset();
    CHECK((*lock)->fence().value() > fence);
    CHECK(house.stored().seen == house.later.now());
    CHECK(house.stored().who == "bob@box");
}

TEST_CASE("deploy lock: it can be stolen from one that lives", "[deploy][lock]") {
    const LockHouse house;
    HoldingChild child(house.file, house.noon);
    REQUIRE(child.holds());
    std::optional<Holder> robbed;
    const auto lock = house.take(house.noon, "bob@box", true, &robbed);
    REQUIRE(lock);
    REQUIRE(robbed);
    CHECK(robbed->who == "child@box");
    child.end();
    CHECK((*lock)->fence());
}

TEST_CASE("deploy lock: of many who want it one gets it", "[deploy][lock]") {
    const LockHouse house;
    std::vector<std::unique_ptr<HoldingChild>> children;
    for (int i = 0; i < 6; ++i)
        children.push_back(std::make_unique<HoldingChild>(house.file, house.noon));
    CHECK(std::ranges::count_if(children, [](const auto& child) { return child->holds(); }) == 1);
}

TEST_CASE("deploy lock: the fence never goes down, whoever held it and whoever removed the file",
          "[deploy][lock]") {
    LockHouse house;
    std::int64_t newest = 0;
    const auto rises = [&](const Result<std::unique_ptr<Lock>>& lock) {
        REQUIRE(lock);
        const std::int64_t fence = (*lock)->fence().value();
        CHECK(fence > newest);
        newest = fence;
    };
    rises(house.take(house.noon, "ann@box"));
    rises(house.take(house.noon, "ann@box"));
    REQUIRE(lock_by_hand(house.file, house.noon, "ann@box", "holidays"));
    REQUIRE(unlock_by_hand(house.file, house.noon));
    rises(house.take(house.noon, "ann@box"));
    const ManualClock yesterday(kNoon - 24h);
    rises(house.take(yesterday, "ann@box"));
    std::filesystem::remove(house.file);
    house.later.advance(1s);
    rises(house.take(house.later, "ann@box"));
}

TEST_CASE("deploy lock: where its file is gone, nobody goes on with it", "[deploy][lock]") {
    const LockHouse house;
    const auto lock = house.take(house.noon, "ann@box");
    REQUIRE(lock);
    std::filesystem::remove(house.file);
    CHECK((*lock)->fence().error().code == Code::conflict);
    REQUIRE(write_file(house.file, "{", 0644));
    CHECK((*lock)->fence().error().code == Code::failed_precondition);
    CHECK(house.take(house.noon, "bob@box").error().code == Code::failed_precondition);
}

TEST_CASE("deploy lock: by hand it holds until it is given back, or stolen", "[deploy][lock]") {
    LockHouse house;
    CHECK(unlock_by_hand(house.file, house.noon).error().code == Code::failed_precondition);
    REQUIRE(lock_by_hand(house.file, house.noon, "ann@box", "holidays"));
    const auto holder = holder_of(house.file).value();
    REQUIRE(holder);
    CHECK(holder->by_hand);
    CHECK(holder->pid == 0);
    house.later.advance(24h * 30);
    const auto refused = house.take(house.later, "bob@box");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::conflict);
    CHECK(refused.error().message.find("(holidays). Unlock with: shopctl deploy unlock") !=
          std::string::npos);
    CHECK(lock_by_hand(house.file, house.later, "bob@box", "").error().code == Code::conflict);
    REQUIRE(unlock_by_hand(house.file, house.later));
    auto lock = house.take(house.later, "bob@box");
    REQUIRE(lock);
    CHECK(unlock_by_hand(house.file, house.later).error().code == Code::failed_precondition);
    CHECK(lock_by_hand(house.file, house.later, "ann@box", "").error().code == Code::conflict);
    lock->reset();
    REQUIRE(lock_by_hand(house.file, house.later, "ann@box", ""));
    CHECK(house.take(house.later, "bob@box", true));
}
