#include "userd/outbox.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/text.hpp"
#include "runtime/log.hpp"

namespace shop::users {
namespace {

using namespace std::chrono_literals;

constexpr Millis kWaitFirst = 1s;
constexpr Millis kWaitMost = 15min;
// Who has a mail in hand has it for so long; more than the mailer takes at most.
constexpr Millis kInHand = 60s;
// A look without being woken: for what another process left.
constexpr Millis kLookAgain = 60s;
constexpr Millis kSilentMost = 30s;   // between attempts of any mail
constexpr Millis kAfterFailure = 5s;  // of the store
constexpr std::size_t kErrorBytesMax = 300;

Millis wait_before_next(std::int64_t attempts) {
    const auto doublings = std::clamp<std::int64_t>(attempts - 1, 0, 10);
    return std::min(kWaitMost, kWaitFirst * (std::int64_t{1} << doublings));
}

bool is_for_now(const Result<void>& sent) {
    return !sent && sent.error().code != Code::invalid_argument;
}
bool is_hopeless(const Result<void>& sent) {
    return !sent && sent.error().code == Code::invalid_argument;
}

}  // namespace

Result<void> check_outbox_room(const Tables& tables, const store::Snapshot& snapshot) {
    if (tables.mails.count(snapshot) < kMailsWaitingMax) return {};
    Error error{Code::unavailable, "Too many mails wait to be sent. Try again later."};
    error.retry_after_seconds = 60;
    return tl::make_unexpected(std::move(error));
}

Result<void> queue_mail(const Tables& tables, events::Change& change, const std::string& user_id,
                        const std::string& to, const Letters::Text& text,
                        std::chrono::minutes life) {
    SHOP_CHECK(check_outbox_room(tables, change.tx()));
    return tables.mails.put(change.tx(), {.id = new_id("mail"),
                                          .user_id = user_id,
                                          .to = to,
                                          .subject = text.subject,
                                          .text = text.text,
                                          .created_at = change.now(),
                                          .next_at = change.now(),
                                          .until = change.now() + std::min(life, kMailLife)});
}

Outbox::Outbox(store::Store& store, const Tables& tables, const Clock& clock,
               runtime::Metrics& metrics, std::unique_ptr<mail::Mailer> mailer)
    : store_(store),
      tables_(tables),
      clock_(clock),
      mailer_(std::move(mailer)),
      sent_(metrics.counter("shop_mails_sent_total", "Mails that were sent.")),
      failed_(metrics.counter("shop_mails_failed_total", "Attempts to send one that failed.")),
      given_up_(metrics.counter("shop_mails_given_up_total", "Mails that were given up.")) {}

void Outbox::start() {
    rounds_.start([this](const std::stop_token& stop) { return send_due(stop); });
}

void Outbox::wake() {
    if (silent_ == 0) rounds_.wake();
}

Millis Outbox::send_due(const std::stop_token& stop) {
    std::optional<Tried> before;
    for (bool on = true; on;) {
        // The last one is settled without taking another.
        on = !stop.stop_requested() && (!before || !is_for_now(before->sent));
        const auto mail = next(before, on);
        if (!mail) {
            log::error("mails wait: " + mail.error().message);
            return kAfterFailure;
        }
        if (before) tell(*before);
        if (!*mail) break;
        before = Tried{**mail, mailer_->send({.id = (*mail)->id,
                                              .date = (*mail)->created_at,
                                              .to = (*mail)->to,
                                              .subject = (*mail)->subject,
                                              .text = (*mail)->text},
                                             stop)};
    }
    return silent_ == 0 ? until_due() : std::min(kSilentMost, wait_before_next(silent_));
}

// One transaction: what became of the mail before, and the next one in hand.
Result<std::optional<MailRecord>> Outbox::next(const std::optional<Tried>& before, bool take) {
    std::optional<MailRecord> mail;
    if (!before) {
        if (!take) return mail;
        SHOP_CHECK(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
            mail = first_due(snapshot);
            return {};
        }));
        if (!mail) return mail;
    }
    SHOP_CHECK(store_.write([&](store::Transaction& tx) -> Result<void> {
        if (before) settle(tx, *before);
        mail = take ? first_due(tx) : std::nullopt;
        if (!mail) return {};
        mail->attempts += 1;
        mail->next_at = clock_.now() + kInHand;
        return tables_.mails.put(tx, *mail);
    }));
    return mail;
}

void Outbox::settle(store::Transaction& tx, const Tried& tried) const {
    // Its account may have gone meanwhile, and the mail with it.
    auto mail = tables_.mails.get(tx, tried.mail.id);
    if (!mail) return;
    mail->next_at = clock_.now() + wait_before_next(mail->attempts);
    if (tried.sent || is_hopeless(tried.sent) || mail->next_at > mail->until) {
        tables_.mails.erase(tx, mail->id);
        return;
    }
    mail->last_error = shorten(tried.sent.error().message, kErrorBytesMax);
    (void)tables_.mails.put(tx, *mail);  // its indexes are not unique, so this can't fail
}

std::optional<MailRecord> Outbox::first_due(const store::Snapshot& snapshot) const {
    std::optional<MailRecord> mail;
    tables_.mails.walk(snapshot, "due", "", false, [&](std::string_view id, std::string_view) {
        mail = tables_.mails.get(snapshot, id);
        return false;
    });
    if (mail && mail->next_at > clock_.now()) mail.reset();
    return mail;
}

void Outbox::tell(const Tried& tried) {
    silent_ = is_for_now(tried.sent) ? silent_.load() + 1 : 0;
    if (tried.sent) return sent_.add();
    failed_.add();
    const auto& mail = tried.mail;
    const bool over = clock_.now() + wait_before_next(mail.attempts) > mail.until;
    const Json fields = {{"mail", mail.id},
                         {"user", mail.user_id},
                         {"attempts", mail.attempts},
                         {"why", tried.sent.error().message}};
    if (!over && !is_hopeless(tried.sent)) return log::warning("a mail was not sent", fields);
    given_up_.add();
    log::error("a mail was given up", fields);
}

Millis Outbox::until_due() const {
    Millis pause = kLookAgain;
    const auto read = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        tables_.mails.walk(snapshot, "due", "", false, [&](std::string_view id, std::string_view) {
            if (const auto mail = tables_.mails.get(snapshot, id))
                pause = std::clamp<Millis>(mail->next_at - clock_.now(), Millis{1}, kLookAgain);
            return false;
        });
        return {};
    });
    return read ? pause : kAfterFailure;
}

}  // namespace shop::users
