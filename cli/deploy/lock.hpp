// The lock of a host's deployments: one deployer at a time, whoever dies or loses the connection.
//
// The file says who holds it and when the holder was last seen alive; a thread of the holder says
// so every second. Whoever finds a heartbeat older than kDeadAfter takes it over. Each taking gets
// a number (the fence) above all former ones; what a former holder still tries to write is refused,
// since its fence is not the newest.
//
// Beside the file lies FILE.guard, under whose flock(2) it is changed.
//
// Thread safety: one thread uses a Lock; its heartbeat is a thread of its own, which asks the
// clock.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

constexpr std::chrono::seconds kDeadAfter{15};

struct Holder {
    std::int64_t fence = 0;
    std::string who;       // user@host
    std::int64_t pid = 0;  // 0: released, or held by hand (`deploy lock`)
    std::string why;
    Time since{};
    Time seen{};           // the newest heartbeat
    bool by_hand = false;  // `deploy lock`: no heartbeat, until `deploy unlock`
    bool held = false;
};

class Lock {
public:
    // conflict where another holds it and lives: the message says who, since when, why, and what to
    // do. `took_over` (may be null) is set to the dead holder where there was one. `steal`: takes
    // it from whoever holds it. `clock` outlives the lock.
    static Result<std::unique_ptr<Lock>> take(const std::filesystem::path& file, const Clock& clock,
                                              const std::string& who, const std::string& why,
                                              bool steal, std::optional<Holder>* took_over);
    // Releases it, where it is still ours.
    ~Lock();

    // Our fence; conflict where somebody took the lock from us.
    Result<std::int64_t> fence() const;

    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    struct Impl;
    explicit Lock(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// Who holds it; nothing where nobody does.
Result<std::optional<Holder>> holder_of(const std::filesystem::path& file);
// Held by hand: no deployment until it is given back. conflict as take().
Result<void> lock_by_hand(const std::filesystem::path& file, const Clock& clock,
                          const std::string& who, const std::string& why);
// Gives back a lock that is held by hand. failed_precondition where it is not.
Result<void> unlock_by_hand(const std::filesystem::path& file, const Clock& clock);

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::Holder>();
// clang-format on
}  // namespace shop::schema
