// Mails that wait to be sent, in userd's store, and the thread that sends them.
//
// A mail is written in the transaction of the change that it is about, so it is there exactly where
// the change is; it goes away once the server (or the folder) has it. After a crash in between it
// is sent again, with the same Message-ID. Whoever sends one puts its time off first, so that two
// processes on one store (the old and the new release) don't both send it.
//
// Thread safety: start and stop from one thread; wake from any; send_due from one at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

#include "mail/mailer.hpp"
#include "runtime/metrics.hpp"
#include "runtime/repeater.hpp"
#include "userd/letters.hpp"
#include "userd/store.hpp"

namespace shop::users {

inline constexpr std::uint64_t kMailsWaitingMax = 10'000;
inline constexpr std::chrono::minutes kMailLife{3 * 24 * 60};  // then nobody tries any more

// unavailable where kMailsWaitingMax mails wait already.
Result<void> check_outbox_room(const Tables& tables, const store::Snapshot& snapshot);
// Puts a mail into the outbox; it is given up after `life`, with the link that it holds. The
// caller wakes the Outbox after the commit.
Result<void> queue_mail(const Tables& tables, events::Change& change, const std::string& user_id,
                        const std::string& to, const Letters::Text& text,
                        std::chrono::minutes life);

class Outbox {
public:
    // What is given by reference outlives the Outbox.
    Outbox(store::Store& store, const Tables& tables, const Clock& clock, runtime::Metrics& metrics,
           std::unique_ptr<mail::Mailer> mailer);

    void start();
    // Soon, also in the middle of a mail: it is tried again at the next start.
    void stop() { rounds_.stop(); }
    // There is a new mail. A server that is away hears no sooner of us because of it.
    void wake();
    // Sends what is due, until one fails for now: the server may be away, and is not asked again
    // for each mail. How long until there is more to do.
    Millis send_due(const std::stop_token& stop);

private:
    // A mail that was tried, and how that went.
    struct Tried {
        MailRecord mail;
        Result<void> sent;
    };
    Result<std::optional<MailRecord>> next(const std::optional<Tried>& before, bool take);
    void settle(store::Transaction& tx, const Tried& tried) const;
    std::optional<MailRecord> first_due(const store::Snapshot& snapshot) const;
    void tell(const Tried& tried);
    Millis until_due() const;

    store::Store& store_;
    const Tables& tables_;
    const Clock& clock_;
    std::unique_ptr<mail::Mailer> mailer_;
    runtime::Counter& sent_;
    runtime::Counter& failed_;
    runtime::Counter& given_up_;
    std::atomic<std::int64_t> silent_ = 0;  // attempts in a row that failed for now
    runtime::Repeater rounds_;
};

}  // namespace shop::users
