#include "deploy/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "api_key_file.hpp"
#include "backup/file.hpp"
#include "backup/take.hpp"
#include "base/id.hpp"
#include "deploy/latest.hpp"
#include "deploy/lock.hpp"
#include "local/interrupt.hpp"

namespace shop::cli::deploy {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t kIdDigitsMin = 4;  // of the beginning of a release's id

// While it lives, a first Ctrl-C is told at once, and SIGHUP (a lost connection) changes nothing.
class Signals {
public:
    explicit Signals(const Shell& shell)
        : watcher_([&shell](const std::stop_token& over) {
              while (!over.stop_requested() && !Interrupt::wanted())
                  std::this_thread::sleep_for(100ms);
              if (Interrupt::wanted())
                  shell.say(
                      "Stopping after this step; again: at once. Then `shopctl deploy resume` goes "
                      "on, and `shopctl deploy abort` goes back.");
          }) {
        std::signal(SIGHUP, SIG_IGN);
    }

private:
    Interrupt interrupt_;
    std::jthread watcher_;
};

std::string url_in(const Manifest& manifest, std::string_view service) {
    const auto found = std::ranges::find(manifest.services, service, &ServiceManifest::name);
    return found == manifest.services.end() ? "" : found->url;
}

Failure no_administrator(const Manifest& manifest, const std::string& folder) {
    return fail(
        Code::failed_precondition,
        fmt::format(
            "A backup is due (the newest in {} is older than {} h, or there is none), and "
            "nobody is signed in on this host who may take one. Sign in with `shopctl login "
            "USERNAME`, or name an administrator's key in SHOPCTL_API_KEY_FILE; or go "
            "without: --no-backup, or `backup_hours_max: 0` in deploy.yaml.",
            folder, manifest.backup_hours_max));
}

}  // namespace

std::string who_deploys() {
    const char* sent = std::getenv("SHOPCTL_DEPLOYER");
    return sent && *sent ? std::string(sent) + " (" + who_works() + ")" : who_works();
}

Host::Host(Manifest manifest)
    : manifest_(std::move(manifest)),
      state_{manifest_.state},
      objects_(state_.objects()),
      releases_(state_.releases(), objects_),
      secrets_(state_.secrets()),
      history_(state_.history()) {}

Result<std::unique_ptr<Host>> Host::open(Manifest manifest) {
    if (const auto made = State{manifest.state}.make(); !made)
        return fail(Code::permission_denied,
                    made.error().message +
                        ". Run it as root, or name another folder as `state` in deploy.yaml.");
    return std::unique_ptr<Host>(new Host(std::move(manifest)));
}

Result<Driver*> Host::driver() {
    if (!driver_) {
        SHOP_TRY(made, make_driver(manifest_, objects_, secrets_));
        driver_ = std::move(made);
    }
    return driver_.get();
}

Result<Release> Host::collect() {
    SHOP_TRY(runs, driver());
    Release release;
    release.driver = manifest_.driver;
    release.made_at = system_clock().now();
    release.made_by = who_deploys();
    for (const ServiceManifest& service : manifest_.services) {
        SHOP_TRY(part, runs->collect(service));
        release.parts.push_back(std::move(part));
    }
    release.id = id_of(release);
    SHOP_CHECK(releases_.put(release));
    return release;
}

Result<std::optional<Release>> Host::current() {
    SHOP_TRY(id, history_.current());
    if (id.empty()) return std::nullopt;
    SHOP_TRY(release, releases_.get(id));
    return release;
}

Result<Release> Host::release(const std::string& id) {
    SHOP_TRY(ids, releases_.list());
    std::erase_if(ids, [&](const std::string& known) { return !known.starts_with(id); });
    if (id.size() < kIdDigitsMin || ids.size() != 1)
        return fail(Code::not_found, (ids.size() > 1 && id.size() >= kIdDigitsMin
                                          ? "More than one release begins with "
                                          : "No release is kept as ") +
                                         id + ". See them with: shopctl deploy history");
    return releases_.get(ids.front());
}

Result<std::optional<Unfinished>> Host::unfinished() const {
    const Journal journal(state_.journal(), system_clock(), []() -> Result<std::int64_t> {
        return fail(Code::internal, "The journal is only read here.");
    });
    return journal.unfinished();
}

Result<std::vector<Change>> Host::drift(const std::optional<Release>& running) {
    if (!running) return std::vector<Change>();
    SHOP_TRY(runs, driver());
    return drift_of(manifest_, *running, *runs);
}

Result<Plan> Host::plan(const Release& next) {
    SHOP_TRY(runs, driver());
    SHOP_TRY(running, current());
    SHOP_TRY(changed, drift(running));
    SHOP_TRY(facts, facts_of(manifest_));
    const auto findings =
        preflight({manifest_, next, running, facts, endpoints_in_use(manifest_)}, *runs);
    Plan plan = make_plan(running, next, changed, findings);
    SHOP_TRY(other, unfinished());
    if (other && other->deployment.to != next.id)
        plan.refusals.push_back("a deployment to release " + other->deployment.to +
                                " is unfinished: shopctl deploy resume, or abort");
    SHOP_TRY(holder, holder_of(state_.lock()));
    if (holder && holder->held)
        plan.warnings.push_back("the lock is held by " + holder->who +
                                (holder->why.empty() ? "" : ": " + holder->why));
    return plan;
}

Result<void> Host::check(const Plan& plan) {
    SHOP_TRY(running, current());
    SHOP_TRY(changed, drift(running));
    return check_world(plan, running ? running->id : "", changed);
}

// With a key the shop is the one of deploy.yaml, else that of the context that is signed in.
Result<void> Host::take_backup(Shell& shell) const {
    Context context;
    context.name = "deploy.yaml";
    context.users_url = url_in(manifest_, "userd");
    context.products_url = url_in(manifest_, "productd");
    context.orders_url = url_in(manifest_, "orderd");
    Shell by_key(shell.options(), context, {});
    const bool key = api_key_file().has_value();
    const auto known = shell.context();
    if (!key && (!known || !known->login))
        return no_administrator(manifest_, manifest_.backup_folder);
    if (!key) shell.say("backup: of the shop of context " + known->name);
    SHOP_TRY(file, NewFile::make(manifest_.backup_folder));
    SHOP_TRY(backup, cli::take_backup(key ? by_key : shell,
                                      [&](std::string_view piece) { return file.write(piece); }));
    SHOP_TRY(path, file.keep_as(backup_name(backup.created_at)));
    shell.say("backup: " + path.string());
    return {};
}

Result<void> Host::record_theft(const std::string& from, const std::string& why) {
    Record record;
    record.kind = "lock_stolen";
    record.who = who_deploys();
    record.why = "from " + from + (why.empty() ? "" : ": " + why);
    record.begun_at = record.ended_at = system_clock().now();
    SHOP_CHECK(history_.append(record));
    return {};
}

Result<void> Host::record_refusal(const Plan& plan, const std::string& why) {
    const auto lock = Lock::take(state_.lock(), system_clock(), who_deploys(), why, false, nullptr);
    if (!lock) return tl::make_unexpected(lock.error());
    Record record;
    record.kind = "apply";
    record.deployment = new_id("dep");
    record.from = plan.from;
    record.to = plan.to;
    record.who = who_deploys();
    record.why = why;
    record.begun_at = record.ended_at = system_clock().now();
    record.verdict = "refused";
    record.reason = fmt::format("{}", fmt::join(plan.refusals, "; "));
    SHOP_CHECK(history_.append(record));
    return tell_latest(history_, state_.latest());
}

Result<Outcome> Host::deploy(Shell& shell, const Work& how,
                             const std::function<Result<Outcome>(Engine&)>& work) {
    SHOP_TRY(runs, driver());
    std::optional<Holder> before;
    SHOP_TRY(lock,
             Lock::take(state_.lock(), system_clock(), who_deploys(), how.why, how.steal, &before));
    if (before) {
        shell.say("The lock was taken over from " + before->who + ", who was seen last at " +
                  format_time(before->seen) + ".");
        if (how.steal) SHOP_CHECK(record_theft(before->who, how.why));
    }
    if (how.no_backup) manifest_.backup_hours_max = 0;
    const Signals signals(shell);
    const Say say = [&shell](std::string_view line) { shell.say(line); };
    const auto gates = make_gates(manifest_, *runs, state_.buyer(), say);
    Journal journal(state_.journal(), system_clock(), [&lock] { return lock->fence(); });
    Engine engine({manifest_, *runs, *gates, journal, history_, releases_, system_clock(), say,
                   [&] { return take_backup(shell); }, [&] { return facts_of(manifest_); },
                   [&] { return endpoints_in_use(manifest_); },
                   [] { return Interrupt::wanted(); }});
    auto outcome = work(engine);
    // Also after an error: what was refused has its record.
    if (const auto told = tell_latest(history_, state_.latest()); !told)
        shell.say("warning: the back office won't show it: " + told.error().message);
    return outcome;
}

}  // namespace shop::cli::deploy
