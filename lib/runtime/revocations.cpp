#include "runtime/revocations.hpp"

#include <fmt/format.h>

#include "api/endpoint.hpp"
#include "base/limits.hpp"
#include "runtime/log.hpp"
#include "runtime/needs.hpp"

namespace shop::runtime {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kPause = 500ms;
constexpr auto kPauseMax = 5s;  // between two tries while userd is silent
constexpr auto kCallDeadline = 1s;
constexpr auto kSkew = 60s;  // between two machines' clocks
// How long an access token may outlive its session, as seen from here.
constexpr auto kRemember = limits::kAccessTokenLife + kSkew;
// Sessions; about 12 MiB. Beyond it those go that end soonest by themselves.
constexpr std::size_t kEndedMax = 100'000;
constexpr const char* kEndedType = "session.ended";

}  // namespace

Result<void> Revocations::check(const auth::Principal& principal) const {
    if (principal.session_id.empty()) return {};  // a service
    const std::lock_guard lock(mutex_);
    if (!ended_.contains(principal.session_id)) return {};
    return fail(Code::unauthenticated, "The session has ended. Sign in again.");
}

bool Revocations::current() const {
    const std::lock_guard lock(mutex_);
    return answered_ && SteadyClock::now() - read_at_ < limits::kRevokedWithin;
}

api::HealthCheck Revocations::health() {
    const auto silent = [this] {
        const std::lock_guard lock(mutex_);
        return !answered_;
    };
    if (!silent() || pass()) return {"userd", true, false, ""};
    return {"userd", false, false,
            "does not answer: who signs out there can go on here until the access token ends"};
}

// The first page begins by time: what ended before can have no token any more.
Result<api::EventPage> Revocations::next_page() const {
    static const auto& row = users_needs().at("events");
    api::CallOptions options;
    options.query = {{"types", kEndedType},
                     {"limit", std::to_string(limits::kPageItemsMax)},
                     {"after", std::to_string(after_)}};
    if (after_ == 0) options.query.emplace_back("since", format_time(clock_.now() - kRemember));
    return users_.call<api::EventPage>(row, {}, options);
}

void Revocations::take_in(const api::EventPage& page) {
    const std::lock_guard lock(mutex_);
    for (const auto& event : page.items) {
        if (event.type != kEndedType || !ended_.insert(event.subject).second) continue;
        queue_.push_back({event.subject, event.time + kRemember});
    }
}

void Revocations::forget_old() {
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    while (!queue_.empty() && (queue_.front().forget_at <= now || queue_.size() > kEndedMax)) {
        ended_.erase(queue_.front().session_id);
        queue_.pop_front();
    }
}

bool Revocations::pass() {
    const std::lock_guard turn(pass_mutex_);
    const auto began = SteadyClock::now();
    bool read = false;
    for (bool more = true; more;) {
        const auto page = next_page();
        if (!page) break;
        take_in(*page);
        // A userd of before, out of a backup, whose feed is shorter: it is read anew.
        const bool anew = page->last < after_;
        more = anew || (page->next < page->last && page->next > after_);
        read = !more;
        after_ = anew ? 0 : page->next;
    }
    forget_old();
    const std::lock_guard lock(mutex_);
    if (answered_ != read)
        log::write(read ? log::Level::info : log::Level::warning,
                   read ? "userd answers: sessions that ended are refused again"
                        : "userd does not answer: sessions that end are not known here");
    answered_ = read;
    if (read) read_at_ = began;
    return read;
}

void Revocations::start() {
    rounds_.start([this, pause = Millis(kPause)](const std::stop_token&) mutable {
        pause = pass() ? Millis(kPause) : std::min<Millis>(pause * 2, kPauseMax);
        return pause;
    });
}

Result<std::shared_ptr<Revocations>> make_revocations(const DaemonContext& context) {
    const std::string& given = context.settings.users_url;
    const auto& userd = users_needs().service();
    SHOP_TRY(http, http::Client::make(
                       given.empty() ? fmt::format("http://127.0.0.1:{}", userd.port) : given,
                       {.deadline = kCallDeadline, .breaker_failures = 0, .tls = context.tls}));
    return std::make_shared<Revocations>(
        api::ApiClient(std::move(http),
                       [&signer = context.signer] { return signer.service_token(); }),
        context.clock);
}

void follow_revocations(Service& service, Revocations& revocations) {
    service.set_principal_check(
        [&revocations](const auth::Principal& principal) { return revocations.check(principal); });
    service.add_check([&revocations] { return revocations.health(); });
}

}  // namespace shop::runtime
