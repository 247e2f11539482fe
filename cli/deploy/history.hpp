// The history of a host: each deployment with who, why, what, times and verdict, and each lock that
// was stolen. JSON lines; each holds the hash of the line before, so that a changed or missing one
// is seen. (Not that the end was cut off: for that, keep the newest hash elsewhere.)
//
// Thread safety: one thread; between processes the lock (lock.hpp) keeps one writer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

struct Record {
    std::int64_t number = 0;  // 1, 2, …
    std::string kind;         // "apply", "rollback", "lock_stolen", "maintenance", "secret"
    std::string deployment;   // "dep_…"; empty for kinds that are none
    std::string from;         // release ids
    std::string to;
    std::string who;
    std::string why;
    Time begun_at{};
    Time ended_at{};
    // "good": it passed its bake; "rolled_back", "aborted"; "refused": nothing was touched;
    // "failed": it needs a person; "" for kinds that are none.
    std::string verdict;
    std::string reason;                // of a verdict that is not good
    std::vector<std::string> changes;  // what differed, for people
    std::string previous;              // hash of the line before; empty for the first
    std::string hash;                  // over all of the above
};

class History {
public:
    explicit History(std::filesystem::path file) : file_(std::move(file)) {}
    // Fills number, previous and hash. On disk when this returns.
    Result<Record> append(Record record);
    // All, oldest first. failed_precondition, naming the line, where the chain is broken; a half
    // written last line is not an error, and is cut off by the next append.
    Result<std::vector<Record>> read() const;
    // The release that runs: `to` of the newest record with verdict "good", or `from` of a first
    // "rolled_back" after it, which is the same. Empty where there is none.
    Result<std::string> current() const;
    // The good release that ran before the current one; empty where there is none. One that was
    // rolled back from is none: a rollback after a rollback goes further back.
    Result<std::string> previous_good() const;

private:
    std::filesystem::path file_;
};

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::Record>();
// clang-format on
}  // namespace shop::schema
