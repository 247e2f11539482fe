// Programs of the owner before and after each phase of a deployment: "before_preflight",
// "after_preflight", "before_switch", "after_switch" (once for each service), "before_bake",
// "after_bake", "before_rollback", "after_rollback", "done", "failed"; and of each phase of the
// journal (journal.hpp), by its name, right after its line is on disk.
//
// A hook gets one JSON object on standard input: {"phase", "deployment", "from", "to", "who",
// "why", "service", "reason"}. One before the switch that ends with another code than 0, or not in
// time, forbids the deployment; a later one is only said. No secret is given to a hook.
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "deploy/journal.hpp"
#include "deploy/manifest.hpp"

namespace shop::cli::deploy {

const std::vector<std::string_view>& hook_phases();
// Whether a failing hook of this phase forbids the deployment.
bool may_veto(std::string_view phase);

// Runs the hooks of the phase, in their order. failed_precondition with the hook's name and last
// lines where one failed; for phases that may not veto too: the caller says it and goes on.
Result<void> run_hooks(const std::vector<Hook>& hooks, std::string_view phase,
                       const Deployment& deployment, std::string_view service,
                       std::string_view reason);

}  // namespace shop::cli::deploy
