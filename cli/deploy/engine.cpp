#include "deploy/engine.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "deploy/run.hpp"

namespace shop::cli::deploy {
namespace {

Failure conflict_with(const Unfinished& other) {
    return fail(Code::conflict,
                "A deployment to release " + other.deployment.to + " by " + other.deployment.who +
                    " is unfinished: it stands after \"" +
                    (other.entries.empty() ? "begun" : other.entries.back().phase) +
                    "\". Finish it with `shopctl deploy resume`, or go back with `shopctl deploy "
                    "abort`.");
}

// The program that wrote the store and the one that has to read it.
Result<void> check_way(const Releases& releases, const std::string& from, const Release& to) {
    if (from.empty()) return {};
    SHOP_TRY(current, releases.get(from));
    return check_store_formats(current, to);
}

}  // namespace

Result<Unfinished> Engine::unfinished() const {
    SHOP_TRY(found, p_.journal.unfinished());
    if (found) return *found;
    return fail(Code::failed_precondition,
                "No deployment is unfinished. See what was done with: shopctl deploy history");
}

Result<Outcome> Engine::begin(const std::string& kind, const Release& release,
                              const std::string& who, const std::string& why) {
    SHOP_TRY(current, p_.history.current());
    Deployment deployment{new_id("dep"), kind, current, release.id, who, why, p_.clock.now()};
    Run run(p_, {std::move(deployment), {}, false, ""});
    SHOP_CHECK(run.load());
    if (run.changes_nothing()) return Outcome{"good", "There is nothing to change.", current};
    SHOP_CHECK(run.begin());
    return run.forward();
}

Result<Outcome> Engine::apply(const Release& release, const std::string& who,
                              const std::string& why) {
    SHOP_TRY(found, p_.journal.unfinished());
    if (found && found->deployment.to != release.id) return conflict_with(*found);
    if (!found) return begin("apply", release, who, why);
    p_.say("The deployment to this release by " + found->deployment.who +
           " is unfinished: it goes on.");
    return resume();
}

Result<Outcome> Engine::rollback(const std::string& who, const std::string& why,
                                 const std::string& release) {
    SHOP_TRY(found, p_.journal.unfinished());
    if (found) return conflict_with(*found);
    SHOP_TRY(records, p_.history.read());
    SHOP_TRY(previous, p_.history.previous_good());
    const std::string target = release.empty() ? previous : release;
    if (target.empty())
        return fail(Code::failed_precondition,
                    "There is no release to go back to: none before the current one has passed its "
                    "bake. See: shopctl deploy history");
    const auto good = [&](const Record& record) {
        return record.verdict == "good" && record.to == target;
    };
    if (std::ranges::none_of(records, good))
        return fail(Code::failed_precondition,
                    "Release " + target +
                        " never passed its bake here, so it is nothing to go back to. See the good "
                        "ones with: shopctl deploy history");
    SHOP_TRY(to, p_.releases.get(target));
    SHOP_TRY(current, p_.history.current());
    SHOP_CHECK(check_way(p_.releases, current, to));
    return begin("rollback", to, who, why);
}

Result<Outcome> Engine::resume() {
    SHOP_TRY(state, unfinished());
    Run run(p_, state);
    SHOP_CHECK(run.load());
    SHOP_TRY(record, run.recorded());
    if (record) return run.finish(record->verdict, record->reason);
    return state.going_back ? run.back(state.reason) : run.forward();
}

Result<Outcome> Engine::abort(const std::string& why) {
    SHOP_TRY(state, unfinished());
    Run run(p_, state);
    SHOP_CHECK(run.load());
    SHOP_TRY(record, run.recorded());
    if (!record) return run.back(state.going_back ? state.reason : "aborted: " + why);
    if (record->verdict == "good")
        p_.say(
            "It had passed its bake already. To go back to the release before: shopctl deploy "
            "rollback");
    return run.finish(record->verdict, record->reason);
}

}  // namespace shop::cli::deploy
