// One deployment under way: its steps forward, its way back and its end. Each step is skipped where
// the journal has it, so that a second process goes on where a first one died. Inside cli/deploy
// only; engine.hpp is the face.
//
// Thread safety: one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/engine.hpp"
#include "deploy/plan.hpp"

namespace shop::cli::deploy {

class Run {
public:
    // `state` has no entries yet where the deployment is about to begin.
    Run(const EngineParts& parts, Unfinished state) : p_(parts), state_(std::move(state)) {}

    // Reads its releases and looks at what has to change. failed_precondition where the manifest
    // lacks one of its services.
    Result<void> load();
    bool changes_nothing() const;
    Result<void> begin();
    // All that is left, up to a verdict: see Engine::apply.
    Result<Outcome> forward();
    Result<Outcome> back(const std::string& reason);
    // The verdict that is in the history already, where the deployer died right after it.
    Result<std::optional<Record>> recorded() const;
    // Ends the deployment with a verdict that is recorded, or is recorded now.
    Result<Outcome> finish(const std::string& verdict, const std::string& reason);

    // Whether any service was touched.
    bool switching_began() const;
    const Unfinished& state() const { return state_; }

private:
    // The steps forward.
    Result<void> steps();
    Result<void> preflight_step();
    Result<void> backup_step();
    Result<void> stage_step();
    Result<void> switch_step();
    Result<void> bake_step();
    // Why no backup is taken; nothing where one is due.
    Result<std::optional<std::string>> no_backup_since();
    bool anything_runs();
    Result<void> switch_service(const Part& part);
    Result<void> pass(const Part& part);
    // Looks at what runs before the first switch; whether a purchase can be asked for in between.
    void measure_before();
    // Ends it before anything was switched.
    Result<Outcome> refuse(const Error& error);

    // The way back. What failed on it, a line each.
    std::vector<std::string> switch_back_all();
    Result<void> switch_back(const std::string& service);
    std::vector<std::string> pass_back_all();
    std::vector<std::string> begun_services() const;
    // The verdict of a way back that brought nothing else.
    std::string back_verdict() const;
    Result<Outcome> fail_on_way_back(const std::string& what);

    // Writes the phase to the journal, then runs its hooks. A failure halts all: whoever cannot
    // write what they do must not go on doing it.
    Result<void> note(std::string_view phase, std::string_view service = {},
                      std::string_view detail = {});
    Result<void> hook(std::string_view phase, std::string_view service = {});
    // Fails where somebody asked to stop.
    Result<void> go_on();
    Failure halt(Error error);

    bool has(std::string_view phase, std::string_view service = {}) const {
        return state_.has(phase, service);
    }
    bool changes(std::string_view service) const;
    bool is_rollback() const { return state_.deployment.kind == "rollback"; }
    const ServiceManifest& manifest_of(std::string_view service) const;
    std::vector<ServiceManifest> services() const;  // of the new release
    void prune();

    const EngineParts& p_;
    Unfinished state_;
    std::optional<Release> from_;  // nothing: the first deployment
    Release to_;
    std::vector<Change> changes_;
    // Purchases need the whole shop: where it did not run before, the gates come after the last
    // switch.
    bool gates_last_ = false;
    std::optional<Error> halted_;
    bool stopped_ = false;  // somebody asked to stop
};

}  // namespace shop::cli::deploy
