// The outbox: what is in it is sent, once where nothing goes wrong, later where something does, and
// not for ever. The mail server is a fake; the store and the clock are the rig's kind.
#include <catch2/catch.hpp>

#include "runtime/log.hpp"
#include "userd/outbox.hpp"
#include "userd/recovery.hpp"

using namespace shop;
using namespace shop::users;
using namespace std::chrono_literals;

namespace {

struct FakeServer {
    std::vector<std::string> seen;     // ids, in the order of the attempts
    std::optional<Error> says = {};    // nothing: it takes the mail
    std::stop_source* ends = nullptr;  // the sender is stopped in the middle of a mail
};

class FakeMailer : public mail::Mailer {
public:
    explicit FakeMailer(FakeServer& server) : server_(server) {}
    Result<void> send(const mail::Message& message, std::stop_token) override {
        server_.seen.push_back(message.subject);
        if (server_.ends) server_.ends->request_stop();
        if (server_.says) return tl::make_unexpected(*server_.says);
        return {};
    }

private:
    FakeServer& server_;
};

struct Post {
    Post() { log::set_level(log::Level::error); }  // not a line for each attempt
    Tables tables;
    std::unique_ptr<store::Store> store = store::open_memory(tables.layout.tables());
    ManualClock clock{parse_time("2026-11-24T10:00:00Z").value()};
    runtime::Metrics metrics{"0.0.0", "test"};
    FakeServer server;
    Outbox outbox{*store, tables, clock, metrics, std::make_unique<FakeMailer>(server)};

    Result<void> change(const std::function<Result<void>(events::Change&)>& work) {
        const events::Origin origin{.action = "test", .now = clock.now()};
        return store->write([&](store::Transaction& tx) {
            events::Change change(tx, tables.journal, origin);
            return work(change);
        });
    }
    void queue(const std::string& subject, std::chrono::minutes life = kMailLife) {
        REQUIRE(change([&](events::Change& change) {
            return queue_mail(tables, change, "usr_1", "ada@example.org", {subject, "text"}, life);
        }));
    }
    Millis send() { return outbox.send_due(std::stop_token()); }
    std::uint64_t waiting() {
        std::uint64_t count = 0;
        REQUIRE(store->read([&](const store::Snapshot& snapshot) -> Result<void> {
            count = tables.mails.count(snapshot);
            return {};
        }));
        return count;
    }
};

const Error kLater{Code::unavailable, "no server"};
const Error kNever{Code::invalid_argument, "no such mailbox"};

}  // namespace

TEST_CASE("outbox: mails go in the order in which they were written, each once", "[userd]") {
    Post post;
    for (const char* subject : {"a", "b", "c"}) {
        post.queue(subject);
        post.clock.advance(1ms);
    }
    post.send();
    CHECK(post.server.seen == std::vector<std::string>{"a", "b", "c"});
    CHECK(post.waiting() == 0);
    post.clock.advance(1h);
    post.send();
    CHECK(post.server.seen.size() == 3);
}

TEST_CASE("outbox: a server that is away is asked again after growing waits, one mail at a time",
          "[userd]") {
    Post post;
    post.server.says = kLater;
    post.queue("a");
    post.clock.advance(1ms);
    post.queue("b");
    CHECK(post.send() == 1s);
    CHECK(post.server.seen == std::vector<std::string>{"a"});
    CHECK(post.send() == 2s);
    CHECK(post.server.seen.back() == "b");
    std::vector<Millis> waits;
    for (int i = 0; i < 15; ++i) {
        post.clock.advance(15min);
        waits.push_back(post.send());
    }
    CHECK(waits.back() == 30s);
    CHECK(post.server.seen.size() == 17);
    post.server.says.reset();
    post.clock.advance(15min);
    post.send();
    CHECK(post.waiting() == 0);
}

TEST_CASE("outbox: a mail is tried after 1 s, then twice as long each time, up to 15 minutes",
          "[userd]") {
    Post post;
    post.server.says = kLater;
    post.queue("a");
    post.send();
    for (const Millis wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s, 900s, 900s}) {
        const auto before = post.server.seen.size();
        post.clock.advance(wait - 1ms);
        post.send();
        CHECK(post.server.seen.size() == before);
        post.clock.advance(1ms);
        post.send();
        CHECK(post.server.seen.size() == before + 1);
    }
}

TEST_CASE("outbox: a mail is given up when it was refused, after three days, or with its link",
          "[userd]") {
    Post post;
    post.server.says = kNever;
    post.queue("refused");
    post.queue("another");
    post.send();
    CHECK(post.waiting() == 0);
    CHECK(post.server.seen.size() == 2);
    post.server.says = kLater;
    post.queue("link", 30min);
    post.queue("note", 24h * 30);
    const auto pass_time = [&](std::chrono::minutes time) {
        for (auto left = time; left > 0min; left -= 5min) {
            post.clock.advance(5min);
            post.send();
            post.send();
        }
    };
    pass_time(30min);
    CHECK(post.waiting() == 1);
    pass_time(24h * 3 - 1h);
    CHECK(post.waiting() == 1);
    pass_time(1h);
    CHECK(post.waiting() == 0);
}

TEST_CASE("outbox: who is stopped in the middle of a mail leaves it, and takes no other",
          "[userd]") {
    Post post;
    std::stop_source stop;
    post.server.says = kLater;
    post.server.ends = &stop;
    post.queue("a");
    post.queue("b");
    post.outbox.send_due(stop.get_token());
    CHECK(post.server.seen.size() == 1);
    post.server = {};
    post.clock.advance(2s);
    post.send();
    CHECK(post.server.seen.size() == 2);
    CHECK(post.waiting() == 0);
}

TEST_CASE("outbox: a mail that another process has in hand is left to it for a minute", "[userd]") {
    Post post;
    post.queue("a");
    // What a process that was killed in the middle of sending leaves.
    REQUIRE(post.change([&](events::Change& change) -> Result<void> {
        std::optional<MailRecord> mail;
        post.tables.mails.walk(change.tx(), "", "", false,
                               [&](std::string_view id, std::string_view) {
                                   mail = post.tables.mails.get(change.tx(), id);
                                   return false;
                               });
        mail->next_at = change.now() + 60s;
        return post.tables.mails.put(change.tx(), *mail);
    }));
    CHECK(post.send() == 60s);
    CHECK(post.server.seen.empty());
    post.clock.advance(60s);
    post.send();
    CHECK(post.server.seen.size() == 1);
}

TEST_CASE("outbox: a full one refuses who asks for a mail, whoever it is, and no other change",
          "[userd]") {
    Post post;
    const auto letters = Letters::read({.shop_name = "Tea"}).value();
    api::User ada;
    ada.id = "usr_1";
    ada.username = "ada";
    ada.email = "ada@example.org";
    REQUIRE(post.change([&](events::Change& change) -> Result<void> {
        SHOP_CHECK(post.tables.users.put(change.tx(), ada));
        for (std::uint64_t i = 0; i < kMailsWaitingMax; ++i)
            SHOP_CHECK(
                queue_mail(post.tables, change, "usr_2", "bob@example.org", {"s", "t"}, kMailLife));
        return {};
    }));
    for (const char* email : {"ada@example.org", "nobody@example.org"}) {
        const auto asked = post.change([&](events::Change& change) {
            return request_reset(post.tables, change, letters, email);
        });
        CHECK((!asked && asked.error().code == Code::unavailable));
    }
    CHECK(post.change([&](events::Change& change) -> Result<void> {
        mail_about_new(post.tables, change, letters, ada);
        return {};
    }));
    CHECK(post.waiting() == kMailsWaitingMax);
}

TEST_CASE("outbox: its thread sends what comes, and ends when it is asked to", "[userd]") {
    Post post;
    post.outbox.start();
    for (int i = 0; i < 20; ++i) {
        post.queue("a");
        post.outbox.wake();
    }
    for (int i = 0; i < 3000 && post.waiting() > 0; ++i) std::this_thread::sleep_for(10ms);
    post.outbox.stop();
    CHECK(post.server.seen.size() == 20);
}
