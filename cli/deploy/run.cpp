#include "deploy/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "deploy/hooks.hpp"

namespace shop::cli::deploy {
namespace {

// Detail of the first `switching`: whoever resumes has to know it.
constexpr std::string_view kGatesLast = "the gates come after the last switch";

std::string version_of(const Part* part) {
    return part ? part->description.version : std::string("nothing");
}

}  // namespace

Result<void> Run::load() {
    const Deployment& deployment = state_.deployment;
    SHOP_TRY(to, p_.releases.get(deployment.to));
    to_ = to;
    std::vector<Change> drift;
    if (!deployment.from.empty()) {
        SHOP_TRY(from, p_.releases.get(deployment.from));
        from_ = from;
    }
    for (const Part& part : to_.parts) {
        const std::string& name = part.description.service;
        if (std::ranges::find(p_.manifest.services, name, &ServiceManifest::name) ==
            p_.manifest.services.end())
            return fail(Code::failed_precondition,
                        "Release " + to_.id + " has the service " + name +
                            ", which deploy.yaml does not name. Put it back under `services`.");
    }
    if (from_) {
        SHOP_TRY(found, drift_of(p_.manifest, *from_, p_.driver));
        drift = found;
    }
    // What was begun differs from the old release because of that.
    std::erase_if(drift, [&](const Change& change) { return has("switching", change.service); });
    changes_ = make_plan(from_, to_, drift, {}).changes;
    gates_last_ = std::ranges::any_of(
        state_.entries, [](const Entry& entry) { return entry.detail == kGatesLast; });
    return {};
}

bool Run::changes_nothing() const { return state_.deployment.from == to_.id && changes_.empty(); }

Result<void> Run::begin() {
    SHOP_CHECK(p_.journal.begin(state_.deployment));
    state_.entries.push_back({0, p_.clock.now(), state_.deployment.id, "begun", "", ""});
    if (const auto ran =
            run_hooks(p_.manifest.hooks, "begun", state_.deployment, "", state_.reason);
        !ran)
        p_.say("A hook failed, which changes nothing: " + ran.error().message);
    return {};
}

Result<Outcome> Run::forward() {
    const auto done = steps();
    if (done) return finish("good", "");
    if (halted_) return tl::make_unexpected(*halted_);
    if (!switching_began()) return refuse(done.error());
    return back(done.error().message);
}

Result<void> Run::steps() {
    SHOP_CHECK(preflight_step());
    SHOP_CHECK(backup_step());
    SHOP_CHECK(stage_step());
    SHOP_CHECK(switch_step());
    return bake_step();
}

Result<void> Run::preflight_step() {
    if (!has("preflight")) {
        SHOP_CHECK(go_on());
        SHOP_CHECK(hook("before_preflight"));
        SHOP_TRY(facts, p_.facts());
        const auto findings = preflight({p_.manifest, to_, from_, facts, p_.in_use()}, p_.driver);
        const Plan plan = make_plan(from_, to_, {}, findings);
        for (const std::string& line : plan.warnings) p_.say("warning: " + line);
        for (const std::string& line : plan.refusals) p_.say("refused: " + line);
        // A way back is for bad hours: what it finds is said, and the gates judge.
        if (!plan.refusals.empty() && !is_rollback())
            return fail(
                Code::failed_precondition,
                "The pre-flight refuses it: " + fmt::format("{}", fmt::join(plan.refusals, "; ")));
        SHOP_CHECK(note("preflight"));
    }
    return has("backup") ? Result<void>() : hook("after_preflight");
}

bool Run::anything_runs() {
    return std::ranges::any_of(p_.manifest.services, [&](const ServiceManifest& service) {
        const auto instance = p_.driver.instance(service);
        return !instance || instance->running;
    });
}

Result<std::optional<std::string>> Run::no_backup_since() {
    const std::int64_t hours_max = p_.manifest.backup_hours_max;
    if (is_rollback()) return "a way back takes none";
    if (hours_max == 0) return "none is wanted";
    SHOP_TRY(facts, p_.facts());
    if (facts.backup_age_hours >= 0 && facts.backup_age_hours <= hours_max)
        return fmt::format("the newest is {} h old", facts.backup_age_hours);
    if (!from_ && !anything_runs()) return "no shop runs yet";
    return std::nullopt;
}

Result<void> Run::backup_step() {
    if (has("backup")) return {};
    SHOP_CHECK(go_on());
    SHOP_TRY(since, no_backup_since());
    p_.say(since ? "backup: " + *since : "backup: taking one");
    if (!since) SHOP_CHECK(p_.take_backup());
    return note("backup", "", since.value_or("taken"));
}

Result<void> Run::stage_step() {
    SHOP_CHECK(go_on());
    for (const Part& part : to_.parts) {
        const std::string& name = part.description.service;
        // After a crash again: by now another service may differ on the host.
        if (!changes(name) || has("switched", name)) continue;
        p_.say(name + ": staging " + part.description.version);
        SHOP_CHECK(p_.driver.stage(manifest_of(name), part));
    }
    return has("staged") ? Result<void>() : note("staged");
}

void Run::measure_before() {
    if (!from_) {
        gates_last_ = true;
        return;
    }
    p_.say("looking at what runs");
    if (const auto measured = p_.gates.measure_before(); !measured) {
        // The deployment may be what mends it.
        gates_last_ = true;
        p_.say("warning: the shop that runs cannot be measured (" + measured.error().message +
               "): the new release is held against fixed bounds alone.");
    }
}

Result<void> Run::switch_step() {
    for (const Part& part : to_.parts) {
        const std::string& name = part.description.service;
        if (!changes(name) || has("passed", name)) continue;
        SHOP_CHECK(switch_service(part));
        if (!gates_last_) SHOP_CHECK(pass(part));
    }
    for (const Part& part : to_.parts) {
        const std::string& name = part.description.service;
        if (changes(name) && !has("passed", name)) SHOP_CHECK(pass(part));
    }
    return {};
}

Result<void> Run::switch_service(const Part& part) {
    const std::string& name = part.description.service;
    if (has("switched", name)) return {};
    SHOP_CHECK(go_on());
    if (!has("switching", name)) {
        SHOP_CHECK(hook("before_switch", name));
        if (!switching_began()) measure_before();
        SHOP_CHECK(note("switching", name, gates_last_ ? kGatesLast : std::string_view()));
    }
    p_.say(fmt::format("{}: switching {} -> {}", name,
                       version_of(from_ ? from_->find(name) : nullptr), version_of(&part)));
    SHOP_CHECK(p_.driver.switch_to(manifest_of(name), part));
    SHOP_CHECK(note("switched", name));
    return hook("after_switch", name);
}

Result<void> Run::pass(const Part& part) {
    const std::string& name = part.description.service;
    const Time begun = p_.clock.now();
    SHOP_CHECK(p_.gates.pass(manifest_of(name), part));
    const double seconds = static_cast<double>((p_.clock.now() - begun).count()) / 1000;
    p_.say(fmt::format("{}: ready, version, dependencies{} passed ({:.1f} s)", name,
                       p_.manifest.gates.purchase ? ", purchase" : "", seconds));
    return note("passed", name);
}

Result<void> Run::bake_step() {
    SHOP_CHECK(go_on());
    if (!has("baking")) {
        SHOP_CHECK(hook("before_bake"));
        SHOP_CHECK(note("baking"));
    }
    p_.say(fmt::format("baking for {} s", p_.manifest.gates.bake_seconds));
    SHOP_CHECK(p_.gates.bake(services(), to_));
    return hook("after_bake");
}

Result<Outcome> Run::refuse(const Error& error) {
    const auto ended = finish(stopped_ ? "aborted" : "refused", error.message);
    if (!ended) return ended;
    Error said = error;
    said.message += " Nothing was changed.";
    return tl::make_unexpected(std::move(said));
}

Result<void> Run::note(std::string_view phase, std::string_view service, std::string_view detail) {
    if (const auto written = p_.journal.append(state_.deployment.id, phase, service, detail);
        !written)
        return halt(written.error());
    state_.entries.push_back({0, p_.clock.now(), state_.deployment.id, std::string(phase),
                              std::string(service), std::string(detail)});
    if (const auto ran =
            run_hooks(p_.manifest.hooks, phase, state_.deployment, service, state_.reason);
        !ran)
        p_.say("A hook failed, which changes nothing: " + ran.error().message);
    return {};
}

Result<void> Run::hook(std::string_view phase, std::string_view service) {
    const auto ran = run_hooks(p_.manifest.hooks, phase, state_.deployment, service, state_.reason);
    if (ran) return {};
    if (may_veto(phase)) return tl::make_unexpected(ran.error());
    p_.say("A hook failed, which changes nothing: " + ran.error().message);
    return {};
}

Result<void> Run::go_on() {
    if (!p_.stop_wanted || !p_.stop_wanted()) return {};
    stopped_ = true;
    if (!switching_began()) return fail(Code::internal, "Stopped as asked.");
    return halt({Code::internal, "Stopped as asked, between two steps."});
}

Failure Run::halt(Error error) {
    error.message +=
        " The deployment is unfinished: go on with `shopctl deploy resume`, or back with `shopctl "
        "deploy abort`.";
    halted_ = error;
    return Failure(std::move(error));
}

bool Run::switching_began() const {
    return std::ranges::any_of(state_.entries,
                               [](const Entry& entry) { return entry.phase == "switching"; });
}

bool Run::changes(std::string_view service) const {
    // What was drift before its switch is none after it.
    return has("switching", service) ||
           std::ranges::find(changes_, service, &Change::service) != changes_.end();
}

const ServiceManifest& Run::manifest_of(std::string_view service) const {
    return *std::ranges::find(p_.manifest.services, service, &ServiceManifest::name);
}

std::vector<ServiceManifest> Run::services() const {
    std::vector<ServiceManifest> out;
    for (const Part& part : to_.parts) out.push_back(manifest_of(part.description.service));
    return out;
}

}  // namespace shop::cli::deploy
