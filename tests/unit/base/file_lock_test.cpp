#include "base/file_lock.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

#include "support/temp_folder.hpp"

using namespace shop;
using namespace std::chrono_literals;
using shop::test::TempFolder;
using Kind = FileLock::Kind;

TEST_CASE("file lock: the shared stand beside each other, the exclusive alone", "[base][file]") {
    const TempFolder folder;
    for (const auto& path : {folder.path() / "lock", folder.path()}) {
        const FileLock first(path, Kind::shared);
        REQUIRE(first.held());
        CHECK(first.error() == 0);
        {
            const FileLock second(path, Kind::shared);
            CHECK(second.held());
        }
        const FileLock alone(path, Kind::exclusive);
        CHECK_FALSE(alone.held());
        CHECK(alone.error() == EWOULDBLOCK);
    }
    const FileLock alone(folder.path() / "lock", Kind::exclusive);
    CHECK(alone.held());
    CHECK_FALSE(FileLock(folder.path() / "lock", Kind::shared).held());
    CHECK_FALSE(FileLock(folder.path() / "lock", Kind::exclusive, 20ms).held());
}

TEST_CASE("file lock: its file is for its owner alone; one that cannot be made is said",
          "[base][file]") {
    const TempFolder folder;
    const FileLock lock(folder.path() / "lock", Kind::shared);
    struct stat status {};
    REQUIRE(::stat((folder.path() / "lock").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    const FileLock none(folder.path() / "none" / "lock", Kind::shared);
    CHECK_FALSE(none.held());
    CHECK(none.error() == ENOENT);
}

TEST_CASE("file lock: goes with the object that holds it", "[base][file]") {
    const TempFolder folder;
    const auto path = folder.path() / "lock";
    FileLock holder;
    CHECK_FALSE(holder.held());
    {
        FileLock lock(path, Kind::exclusive);
        holder = std::move(lock);
    }
    CHECK(holder.held());
    CHECK_FALSE(FileLock(path, Kind::shared).held());
    const FileLock moved(std::move(holder));
    CHECK_FALSE(FileLock(path, Kind::shared).held());
    holder = FileLock();
    CHECK(moved.held());
    CHECK_FALSE(FileLock(path, Kind::shared).held());
}

TEST_CASE("file lock: is waited for, and free when its process is killed", "[base][file]") {
    const TempFolder folder;
    const auto path = folder.path() / "lock";
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const FileLock lock(path, Kind::exclusive);
        (void)!::write(ends[1], "x", 1);
        ::pause();
        ::_exit(0);
    }
    char held = 0;
    REQUIRE(::read(ends[0], &held, 1) == 1);
    REQUIRE_FALSE(FileLock(path, Kind::shared).held());
    std::thread killer([&] {
        std::this_thread::sleep_for(30ms);
        ::kill(child, SIGKILL);
    });
    const FileLock lock(path, Kind::exclusive, 60s);
    CHECK(lock.held());
    killer.join();
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
}
