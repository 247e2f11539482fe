#include "deploy/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::deploy::Change>() {
    using T = cli::deploy::Change;
    static const StructType type{"Change",
                                 "What changes for a service.",
                                 {
                                     field<&T::service>("service", "The service."),
                                     field<&T::why>("why", "What is different, a line each."),
                                 }};
    return type;
}

template <>
const StructType& type_of<cli::deploy::Plan>() {
    using T = cli::deploy::Plan;
    static const StructType type{
        "Plan",
        "What a deployment would change.",
        {
            field<&T::from>("from", "The release that runs; empty for a first deployment."),
            field<&T::to>("to", "The release that would run.", Required{}),
            field<&T::world>("world", "Hash of what the plan depends on.", Required{}),
            field<&T::changes>("changes", "The services that change, in the order of the switch."),
            field<&T::warnings>("warnings", "What to know before."),
            field<&T::refusals>("refusals", "What keeps it from being applied."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {

std::string world_of(const std::string& current_release, const std::vector<std::string>& drift) {
    Sha256 hash;
    hash.add(current_release);
    for (const std::string& line : drift) {
        hash.add("\n");
        hash.add(line);
    }
    return hash.hex();
}

Result<std::vector<Change>> drift_of(const Manifest& manifest, const Release& release,
                                     Driver& driver) {
    std::vector<Change> out;
    for (const Part& part : release.parts) {
        const auto service =
            std::ranges::find(manifest.services, part.description.service, &ServiceManifest::name);
        // What the manifest does not name any more is not looked after any more.
        if (service == manifest.services.end()) continue;
        SHOP_TRY(lines, driver.drift(*service, part));
        if (!lines.empty()) out.push_back({service->name, lines});
    }
    return out;
}

std::vector<std::string> lines_of(const std::vector<Change>& changes) {
    std::vector<std::string> out;
    for (const Change& change : changes)
        for (const std::string& line : change.why) out.push_back(change.service + ": " + line);
    return out;
}

Plan make_plan(const std::optional<Release>& current, const Release& next,
               const std::vector<Change>& drift, const std::vector<Finding>& findings) {
    Plan plan;
    plan.from = current ? current->id : "";
    plan.to = next.id;
    plan.world = world_of(plan.from, lines_of(drift));
    for (const Part& part : next.parts) {
        Change change{part.description.service, {}};
        const Part* before = current ? current->find(change.service) : nullptr;
        if (!before) change.why = {"is new"};
        if (before && fingerprint(*before) != fingerprint(part))
            change.why = differences(*before, part);
        // Whatever differs has to be switched, also where no line tells it.
        if (before && fingerprint(*before) != fingerprint(part) && change.why.empty())
            change.why = {"is different"};
        const auto found = std::ranges::find(drift, change.service, &Change::service);
        if (found != drift.end())
            for (const std::string& line : found->why) change.why.push_back("drift: " + line);
        if (!change.why.empty()) plan.changes.push_back(std::move(change));
    }
    if (current)
        for (const Part& part : current->parts)
            if (!next.find(part.description.service))
                plan.warnings.push_back(part.description.service +
                                        " is no part of the new release: it is left as it is. End "
                                        "it by hand where it is not wanted.");
    for (const Finding& finding : findings) {
        const std::string text = (finding.service.empty() ? "" : finding.service + ": ") +
                                 finding.check + ": " + finding.message;
        (finding.refuses ? plan.refusals : plan.warnings).push_back(text);
    }
    return plan;
}

Result<void> check_world(const Plan& plan, const std::string& current_release,
                         const std::vector<Change>& drift) {
    const std::vector<std::string> lines = lines_of(drift);
    if (plan.world == world_of(current_release, lines)) return {};
    const auto named = [](const std::string& id) {
        return id.empty() ? std::string("no release") : "release " + id;
    };
    std::string moved = "what was changed by hand on the host is not what it was then";
    if (current_release != plan.from)
        moved = named(current_release) + " runs now, and " + named(plan.from) + " ran then";
    else if (!lines.empty())
        moved = "the host was changed by hand: " + fmt::format("{}", fmt::join(lines, "; "));
    return fail(Code::conflict, "The world has moved since the plan was made: " + moved +
                                    ". Look at it, and make the plan anew: shopctl deploy plan");
}

}  // namespace shop::cli::deploy
