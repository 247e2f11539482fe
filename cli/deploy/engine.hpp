// A deployment from its begin to its verdict, step by step, each journalled before and after; the
// way back; and what is left to do after a deployer died.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "deploy/driver.hpp"
#include "deploy/gates.hpp"
#include "deploy/history.hpp"
#include "deploy/journal.hpp"
#include "deploy/manifest.hpp"
#include "deploy/preflight.hpp"
#include "deploy/release.hpp"
#include "deploy/releases.hpp"

namespace shop::cli::deploy {

// What it works with; all outlive it.
struct EngineParts {
    const Manifest& manifest;
    Driver& driver;
    Gates& gates;
    Journal& journal;
    History& history;
    Releases& releases;
    const Clock& clock;
    Say say;
    // Takes a backup into the manifest's folder (shopctl backup create); a test gives its own.
    std::function<Result<void>()> take_backup;
    std::function<Result<HostFacts>()> facts;
    std::function<std::vector<Need>()> in_use;
    // Whether somebody asked it to stop (Ctrl-C); looked at between two steps. Empty: nobody does.
    std::function<bool()> stop_wanted = {};
};

struct Outcome {
    std::string verdict;  // "good", "rolled_back", "aborted", "failed"; see Record
    std::string reason;   // of one that is not good
    std::string release;  // what runs now
};

class Engine {
public:
    explicit Engine(EngineParts parts) : p_(std::move(parts)) {}

    // To this release, which is in `releases`. An unfinished deployment of the same one goes on;
    // conflict where it is of another: resume or abort comes first. A verdict that is not good is
    // an Outcome and no error; an error before the first switch (preflight, a hook's veto) is one
    // that kept it from beginning: it ended, and nothing was changed. An error after it (the lock
    // is lost, the disk is full, Ctrl-C) leaves it unfinished, and says so.
    Result<Outcome> apply(const Release& release, const std::string& who, const std::string& why);
    // To a release that the history calls good; empty: to the last one before the current one. To
    // the current one: mends what differs on the host. failed_precondition, with the way out, where
    // its programs cannot read the store.
    Result<Outcome> rollback(const std::string& who, const std::string& why,
                             const std::string& release = "");
    // Goes on where the journal ends: forward, or back where it was on the way back.
    // failed_precondition where nothing is unfinished.
    Result<Outcome> resume();
    // Back to where the unfinished deployment began. One that had its verdict already keeps it.
    Result<Outcome> abort(const std::string& why);

private:
    Result<Outcome> begin(const std::string& kind, const Release& release, const std::string& who,
                          const std::string& why);
    Result<Unfinished> unfinished() const;

    EngineParts p_;
};

}  // namespace shop::cli::deploy
