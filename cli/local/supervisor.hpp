// A shop on this machine: the daemons as children of one process, on loopback, with their stores in
// one folder.
//
// The folder: `shop.json` (ports, process ids; who runs it), `keys/`, `admin.txt` (first
// administrator, mode 0600), `stores/<service>/`, `gateway/`, `log/<service>.log`, the locks `lock`
// (whoever runs the shop) and `maintenance` (see maintenance.hpp), and `restoring` from the
// beginning to the end of a restore. All of it is mode 0700 and belongs to whoever started it.
//
// Thread safety: one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"
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
    bool maintenance = false;  // its daemons are down while somebody works on its stores
    std::string gateway;       // its address; empty: none
};

struct LocalOptions {
    std::filesystem::path data_dir;
    std::int64_t port_base = 5000;
    bool course_api = true;
    std::int64_t gateway_port = 0;  // 0: no gateway
};

// The state file. not_found where no shop runs in the folder (a stale file counts as none).
Result<LocalShop> running_shop(const std::filesystem::path& data_dir);

class Supervisor {
public:
    using Say = std::function<void(std::string_view)>;
    Supervisor(LocalOptions options, Say say);

    // Refuses taken ports, a folder whose shop runs already or is worked on, and one whose last
    // restore did not come to its end; starts the children; returns when all are ready.
    Result<LocalShop> start();
    // Restarts children that die (with a back-off from 0.2 s to 10 s) and says so, until SIGINT or
    // SIGTERM; then drains them. SIGUSR1 drains them until nobody holds the maintenance lock any
    // more. Signals are blocked from start() on.
    // failed_precondition where that was a restore that did not come to its end.
    Result<void> watch();
    // SIGTERM to all, then waits for them; SIGKILL after 30 s.
    void stop();

private:
    struct Child {
        std::string name;
        std::vector<std::string> gateway_words = {};  // its command; empty: a service
        pid_t pid = 0;
        pid_t former = 0;  // of a gateway: the HAProxy that hands over to this one
        int port = 0;
        int failures = 0;  // in a row
        std::int64_t started_ms = 0;
        std::int64_t restart_at_ms = 0;  // where it is down: when to start it again
    };

    Result<void> prepare();
    std::string service_url(const Child& child) const;
    std::vector<std::string> storefront_words() const;
    std::vector<std::string> daemon_words(const Child& child) const;
    Result<void> spawn(Child& child);
    Result<std::vector<std::string>> gateway_words();
    Result<void> start_gateway();
    void renew_gateway();
    Result<void> wait_ready(Child& child);
    void reap();
    void child_died(Child& child, int status);
    void restart_due();
    void stop_children();
    void begin_maintenance();
    Result<void> end_maintenance();
    Result<void> save_state() const;
    LocalShop state() const;

    LocalOptions options_;
    Say say_;
    std::vector<Child> children_;  // as api::all_daemons(); the gateway last
    std::string gateway_keys_;     // what keys_stamp() said when it was rendered
    FileLock lock_;                // on `lock` in the folder, while the shop runs
    bool maintenance_ = false;
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
