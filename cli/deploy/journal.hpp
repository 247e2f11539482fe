// The journal of deployments: what was begun and what is done, each line on disk before the next
// step. After kill -9 it says where a deployment stood.
//
// One file of JSON lines, in order. A line that a power cut left half written is the last one; it
// is not an error, and is cut off by the next append. The file begins anew at the first deployment
// after its first MiB: the history (history.hpp) is what is kept.
//
// Thread safety: one thread; between processes the lock (lock.hpp) keeps one writer.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

// The phases in their order. A phase of a service stands once for each.
//   begun -> preflight -> backup -> staged -> (switching -> switched -> passed)… -> baking -> done
// and on the way back:
//   going_back -> (switching_back -> switched_back)… -> gone_back
struct Entry {
    std::int64_t fence = 0;  // of the lock that was held
    Time at{};
    std::string deployment;  // "dep_…", the same for all lines of one
    std::string phase;
    std::string service;  // of phases of a service; else empty
    std::string detail;   // why; for people
};

// What `begun` fixes.
struct Deployment {
    std::string id;
    std::string kind;  // "apply", "rollback"
    std::string from;  // release id; empty: the first one
    std::string to;
    std::string who;  // user@host
    std::string why;  // --message
    Time begun_at{};
};

// A deployment that has begun and not ended.
struct Unfinished {
    Deployment deployment;
    std::vector<Entry> entries;
    bool going_back = false;
    std::string reason;  // of going back

    bool has(std::string_view phase, std::string_view service = {}) const;
};

// Whether nothing is left to do after this phase: "done", "gone_back".
bool ends_deployment(std::string_view phase);

class Journal {
public:
    // `may_write` is asked before each append (the lock's fence); its error is the append's. A
    // fence below that of the last line is a conflict as well.
    Journal(std::filesystem::path file, const Clock& clock,
            std::function<Result<std::int64_t>()> may_write);

    // The line is on disk when this returns. conflict where a deployment is unfinished.
    Result<void> begin(const Deployment& deployment);
    Result<void> append(const std::string& deployment, std::string_view phase,
                        std::string_view service = {}, std::string_view detail = {});
    // The deployment that did not end, if there is one. failed_precondition, naming the line, where
    // the file can't be read.
    Result<std::optional<Unfinished>> unfinished() const;

private:
    std::filesystem::path file_;
    const Clock& clock_;
    std::function<Result<std::int64_t>()> may_write_;
};

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::Entry>();
template <> const StructType& type_of<cli::deploy::Deployment>();
// clang-format on
}  // namespace shop::schema
