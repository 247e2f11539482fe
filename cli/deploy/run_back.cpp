// The way back and the end of a deployment.
#include <fmt/format.h>

#include <algorithm>

#include "deploy/hooks.hpp"
#include "deploy/run.hpp"

namespace shop::cli::deploy {
namespace {

std::string end_phase(const std::string& verdict) {
    return verdict == "good" ? "done" : "gone_back";
}

}  // namespace

Result<Outcome> Run::back(const std::string& reason) {
    if (!has("going_back")) {
        state_.reason = reason;
        p_.say("going back: " + reason);
        SHOP_CHECK(hook("before_rollback"));
        SHOP_CHECK(note("going_back", "", reason));
    }
    state_.going_back = true;
    if (!switching_began()) return finish("aborted", state_.reason);
    if (!from_)
        return finish(
            back_verdict() == "aborted" ? "aborted" : "failed",
            state_.reason +
                ". It was the first deployment, so there is nothing to go back to: what was "
                "started is left as it is. Mend the cause, then: shopctl deploy apply");
    // The new release may have rewritten the stores; the old one would not even start.
    if (const auto readable = check_store_formats(to_, *from_); !readable)
        return finish("failed",
                      state_.reason + "; there is no way back: " + readable.error().message);
    auto failures = switch_back_all();
    if (halted_) return tl::make_unexpected(*halted_);
    // All of them first: what fails may be any of the services that are still to be changed back.
    if (failures.empty()) failures = pass_back_all();
    if (failures.empty()) return finish(back_verdict(), state_.reason);
    return finish(
        "failed",
        fmt::format("{}; and on the way back: {}. The host may be between two releases. See "
                    "`shopctl deploy status` and the logs of the services; when the cause is gone, "
                    "bring the old release back with: shopctl deploy rollback --to {}",
                    state_.reason, fmt::join(failures, "; "), from_->id));
}

std::string Run::back_verdict() const {
    return state_.reason.starts_with("aborted: ") ? "aborted" : "rolled_back";
}

std::vector<std::string> Run::begun_services() const {
    std::vector<std::string> out;
    for (const Entry& entry : state_.entries)
        if (entry.phase == "switching" && std::ranges::find(out, entry.service) == out.end())
            out.push_back(entry.service);
    std::ranges::reverse(out);
    return out;
}

std::vector<std::string> Run::switch_back_all() {
    std::vector<std::string> failures;
    for (const std::string& service : begun_services()) {
        if (has("switched_back", service)) continue;
        const auto back = switch_back(service);
        if (halted_) break;
        // The others go back all the same: half a shop is more than none.
        if (!back) failures.push_back(service + ": " + back.error().message);
    }
    return failures;
}

Result<void> Run::switch_back(const std::string& service) {
    const Part* before = from_->find(service);
    if (!before) {
        p_.say(service + ": is new in this release, so it is left as it is");
        return {};
    }
    if (!has("switching_back", service)) SHOP_CHECK(note("switching_back", service));
    p_.say(service + ": switching back to " + before->description.version);
    // It ran here before; what is missing now is seen by the switch.
    if (const auto staged = p_.driver.stage(manifest_of(service), *before); !staged)
        p_.say("warning: " + service + ": " + staged.error().message);
    SHOP_CHECK(p_.driver.switch_to(manifest_of(service), *before));
    return note("switched_back", service);
}

std::vector<std::string> Run::pass_back_all() {
    std::vector<std::string> failures;
    for (const std::string& service : begun_services()) {
        const Part* before = from_->find(service);
        if (!before) continue;
        if (const auto passed = p_.gates.pass(manifest_of(service), *before); !passed)
            failures.push_back(service + ": " + passed.error().message);
    }
    if (failures.empty() && p_.manifest.gates.purchase)
        if (const auto bought = p_.gates.purchase(); !bought)
            failures.push_back(bought.error().message);
    return failures;
}

Result<std::optional<Record>> Run::recorded() const {
    SHOP_TRY(records, p_.history.read());
    const auto found = std::ranges::find(records, state_.deployment.id, &Record::deployment);
    if (found == records.end()) return std::nullopt;
    return *found;
}

// The record comes first: it is what makes the new release the current one. Whoever dies between
// the two lines finds it and writes the second.
Result<Outcome> Run::finish(const std::string& verdict, const std::string& reason) {
    SHOP_TRY(known, recorded());
    if (!known) {
        const Deployment& d = state_.deployment;
        Record record{0,     d.kind,     d.id,           d.from,  d.to,   d.who,
                      d.why, d.begun_at, p_.clock.now(), verdict, reason, lines_of(changes_),
                      "",    ""};
        if (const auto written = p_.history.append(record); !written) return halt(written.error());
    }
    state_.reason = reason;
    const bool good = verdict == "good";
    SHOP_CHECK(note(end_phase(verdict), "", reason));
    if (state_.going_back) SHOP_CHECK(hook("after_rollback"));
    if (!good) SHOP_CHECK(hook("failed"));
    prune();
    const bool known_release = verdict != "failed";
    return Outcome{verdict, reason,
                   good            ? state_.deployment.to
                   : known_release ? state_.deployment.from
                                   : std::string()};
}

void Run::prune() {
    std::vector<std::string> named = {state_.deployment.from, state_.deployment.to};
    if (const auto previous = p_.history.previous_good()) named.push_back(*previous);
    std::erase(named, "");
    const auto pruned =
        p_.releases.prune(named, static_cast<std::size_t>(p_.manifest.releases_kept));
    const auto let_go = pruned.and_then([&]() -> Result<void> {
        SHOP_TRY(ids, p_.releases.list());
        std::vector<Release> kept;
        for (const std::string& id : ids) {
            SHOP_TRY(release, p_.releases.get(id));
            kept.push_back(std::move(release));
        }
        return p_.driver.prune(kept);
    });
    if (!let_go) p_.say("warning: old releases stay: " + let_go.error().message);
}

}  // namespace shop::cli::deploy
