// A host's deployments as the commands see them: deploy.yaml, and all that the state folder keeps,
// wired together.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deploy/driver.hpp"
#include "deploy/engine.hpp"
#include "deploy/history.hpp"
#include "deploy/journal.hpp"
#include "deploy/manifest.hpp"
#include "deploy/objects.hpp"
#include "deploy/plan.hpp"
#include "deploy/releases.hpp"
#include "deploy/secrets.hpp"
#include "deploy/state.hpp"
#include "shell.hpp"

namespace shop::cli::deploy {

// Whoever sits at the keyboard: "ann@box"; over ssh "ann@laptop (root@box)".
std::string who_deploys();

class Host {
public:
    // Of a manifest for this machine; the state folder is made (0755: the services read their
    // programs in it). permission_denied, with what to do, where it can't be.
    static Result<std::unique_ptr<Host>> open(Manifest manifest);

    const Manifest& manifest() const { return manifest_; }
    const State& state() const { return state_; }
    // invalid_argument where this machine cannot have it; what needs none works all the same.
    Result<Driver*> driver();
    Releases& releases() { return releases_; }
    const ObjectStore& objects() const { return objects_; }
    History& history() { return history_; }

    // The release that deploy.yaml's files make; it is kept.
    Result<Release> collect();
    // The release that runs; nothing where none was deployed.
    Result<std::optional<Release>> current();
    // One that is kept, by its id or the beginning of it (at least four digits).
    Result<Release> release(const std::string& id);
    Result<std::optional<Unfinished>> unfinished() const;
    Result<Plan> plan(const Release& next);
    // A kept plan still fits.
    Result<void> check(const Plan& plan);

    // Puts into the history that this plan was refused, and why. conflict where somebody else
    // deploys.
    Result<void> record_refusal(const Plan& plan, const std::string& why);

    struct Work {
        std::string why;
        bool steal = false;
        bool no_backup = false;
    };
    // Takes the lock, lets `work` use the engine, gives the lock back. Until then SIGHUP does not
    // end the process, so that a lost connection does not; a first Ctrl-C is told and stops between
    // two steps.
    Result<Outcome> deploy(Shell& shell, const Work& how,
                           const std::function<Result<Outcome>(Engine&)>& work);

private:
    explicit Host(Manifest manifest);
    Result<std::vector<Change>> drift(const std::optional<Release>& running);
    Result<void> take_backup(Shell& shell) const;
    Result<void> record_theft(const std::string& from, const std::string& why);

    Manifest manifest_;
    State state_;
    ObjectStore objects_;
    Releases releases_;
    Secrets secrets_;
    History history_;
    std::unique_ptr<Driver> driver_;
};

}  // namespace shop::cli::deploy
