// A shop on this machine: the daemons as children of one process, on loopback, with their stores in
// one folder.
//
// The folder: `shop.json` (ports, process ids; who runs it), `keys/`, `admin.txt` (first
// administrator, mode 0600), `stores/<service>/`, `log/<service>.log`. All of it is mode 0700 and
// belongs to whoever started it.
//
// Thread safety: one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.hpp"
#include "base/error.hpp"
#include "schema/field.hpp"

namespace shop::cli {

struct LocalService {
    std::string name;
    std::int64_t port = 0;
    std::int64_t pid = 0;
    std::string url;
};
struct LocalShop {
    std::int64_t pid = 0;  // of the supervisor
    std::int64_t port_base = 0;
    std::vector<LocalService> services;
};

struct LocalOptions {
    std::filesystem::path data_dir;
    std::int64_t port_base = 5000;
    bool course_api = true;
};

// The state file. not_found where no shop runs in the folder (a stale file counts as none).
Result<LocalShop> running_shop(const std::filesystem::path& data_dir);

// flock(2) on `lock` in the folder; held until the object, or the process, ends.
class FolderLock {
public:
    FolderLock(const std::filesystem::path& data_dir, int kind);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    bool held() const { return fd_ >= 0; }

private:
    int fd_;
};

class Supervisor {
public:
    using Say = std::function<void(std::string_view)>;
    Supervisor(LocalOptions options, Say say);

    // Refuses taken ports and a folder whose shop runs already; starts the children; returns when
    // all are ready.
    Result<LocalShop> start();
    // Restarts children that die (with a back-off from 0.2 s to 10 s) and says so, until SIGINT or
    // SIGTERM; then drains them. Signals are blocked from start() on.
    Result<void> watch();
    // SIGTERM to all, then waits for them; SIGKILL after 30 s.
    void stop();

private:
    struct Child {
        const api::ServiceTable* table;
        pid_t pid = 0;
        int port = 0;
        int failures = 0;  // in a row
        std::int64_t started_ms = 0;
        std::int64_t restart_at_ms = 0;  // where it is down: when to start it again
    };

    Result<void> prepare();
    Result<void> spawn(Child& child);
    Result<void> wait_ready(Child& child);
    void reap();
    void child_died(Child& child, int status);
    void restart_due();
    Result<void> save_state() const;
    LocalShop state() const;

    LocalOptions options_;
    Say say_;
    std::vector<Child> children_;
    std::unique_ptr<FolderLock> lock_;
};

// First administrator: "admin" and a random password in `admin.txt`, kept where it is there
// already.
struct FirstAdmin {
    std::string username;
    std::string password;
};
Result<FirstAdmin> first_admin(const std::filesystem::path& data_dir);

}  // namespace shop::cli

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::LocalService>();
template <> const StructType& type_of<cli::LocalShop>();
// clang-format on
}  // namespace shop::schema
