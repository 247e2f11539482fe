// Snapshots of the store for backups: a compressed dump of one moment, written into a file of the
// service by a thread of its own, and kept there until it is fetched.
//
// There is one at a time; one that nobody has fetched a piece of for a minute gives way to the
// next. A restart throws it away. The store's old pages stay while the dump is written, so the
// store's file grows by what changes meanwhile.
//
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "api/stores.hpp"
#include "base/time.hpp"
#include "store/store.hpp"

namespace shop::runtime {

class Snapshots {
public:
    // What is dumped, and for whom; all outlive the Snapshots.
    struct Parts {
        std::string service;
        store::Store& store;
        const std::vector<std::string>& tables;  // of the store, by Table
        std::filesystem::path folder;            // made where missing; holds nothing else
        const Clock& clock;
    };
    explicit Snapshots(Parts parts);
    // Breaks a running dump off.
    ~Snapshots();

    // Returns once the moment is fixed; the dump goes on. The same id again is the same snapshot.
    // conflict while another one is being written or fetched.
    Result<api::StoreSnapshot> take(const std::string& id);
    // not_found where there is none of that id (any more).
    Result<api::StoreSnapshot> find(const std::string& id) const;
    // Up to limits::kPieceBytes from `offset`; empty behind the end. conflict while it is being
    // written.
    Result<std::string> read(const std::string& id, std::int64_t offset) const;
    Result<void> drop(const std::string& id);

private:
    struct Job;

    void run(Job& job);
    Result<void> write(Job& job, const store::Snapshot& snapshot);
    // Both under the lock.
    bool is_wanted(const Job& job) const;  // somebody writes or fetches it
    Result<Job*> job_of(const std::string& id) const;

    Parts parts_;
    mutable std::mutex mutex_;
    std::unique_ptr<Job> job_;  // guarded by mutex_
};

}  // namespace shop::runtime
