// The corpus of raw requests (cases/README.md), sent to a real daemon: directly, and through a real
// HAProxy whose connections to the daemon all clients share, and through the gateway that we ship.
#include <functional>
#include <iostream>
#include <mutex>
#include <set>

#include "base/text.hpp"
#include "http/attacks/corpus.hpp"
#include "http/attacks/judge.hpp"
#include "http/attacks/logs.hpp"
#include "http/attacks/raw_client.hpp"
#include "http/attacks/servers.hpp"

using namespace shop;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // their shadow memory counts
#else
constexpr bool kSanitized = false;
#endif

constexpr std::size_t kPeakKibMax = 64 * 1024;
constexpr std::size_t kSlowThreads = 24;
constexpr const char* kSlowFile = "slow";  // its cases wait for deadlines, so they run side by side

const std::vector<test::Case>& corpus() {
    static const auto cases =
        test::read_corpus(std::filesystem::path(SHOP_SOURCE_DIR) / "tests/http/attacks/cases");
    return cases;
}

// One way to the daemon, with what the cases found on it.
class Way {
public:
    using Judge = std::function<std::string(const test::Case&)>;
    // Its argument: where the proxy says which of its connections it took.
    using JudgeInnocent = std::function<std::string(std::string&)>;
    Way(Judge judge, JudgeInnocent judge_innocent, int innocents)
        : judge_(std::move(judge)),
          judge_innocent_(std::move(judge_innocent)),
          innocents_(innocents) {}
    Way(int port, const test::Expected test::Case::*expected, int innocents)
        : Way([=](const test::Case& attack) { return test::judge(attack, attack.*expected, port); },
              [=](std::string& from) { return test::judge_innocent(port, from); }, innocents) {}

    void run_all() {
        run_slow();
        for (const auto& attack : corpus())
            if (attack.file != kSlowFile) run(attack);
    }
    // Belongs to the test's own thread, as Catch's assertions do.
    void report() const {
        for (const auto& fault : faults_) FAIL_CHECK(fault);
        CHECK(run_ == corpus().size());
    }
    const std::set<std::string>& backend_ports() const { return backend_ports_; }

private:
    void run(const test::Case& attack) {
        note(attack, judge_(attack));
        for (int i = 0; i < innocents_; ++i) {
            std::string backend_port;
            note(attack, judge_innocent_(backend_port));
            const std::lock_guard lock(mutex_);
            backend_ports_.insert(backend_port);
        }
        const std::lock_guard lock(mutex_);
        ++run_;
    }
    void run_slow() {
        std::vector<const test::Case*> slow;
        for (const auto& attack : corpus())
            if (attack.file == kSlowFile) slow.push_back(&attack);
        std::atomic<std::size_t> next{0};
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < std::min(kSlowThreads, slow.size()); ++i)
            threads.emplace_back([&] {
                for (std::size_t at = next++; at < slow.size(); at = next++) run(*slow[at]);
            });
        for (auto& thread : threads) thread.join();
    }
    void note(const test::Case& attack, const std::string& fault) {
        if (fault.empty()) return;
        const std::lock_guard lock(mutex_);
        faults_.push_back(attack.file + ".txt, \"" + attack.name + "\": " + fault);
    }

    const Judge judge_;
    const JudgeInnocent judge_innocent_;
    const int innocents_;  // after each case
    std::mutex mutex_;
    std::vector<std::string> faults_;
    std::set<std::string> backend_ports_;
    std::size_t run_ = 0;
};

// How many requests the daemon refused as no strict HTTP.
std::int64_t malformed_at(int port) {
    test::RawClient client(port);
    client.send("GET /metrics HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    const auto answer = client.next(false);
    constexpr std::string_view kLine = "shop_http_rejected_total{reason=\"malformed\"} ";
    const auto at = answer ? answer->body.find(kLine) : std::string::npos;
    if (at == std::string::npos) return -1;
    const std::string_view rest = std::string_view(answer->body).substr(at + kLine.size());
    return parse_int(rest.substr(0, rest.find('\n'))).value_or(-1);
}

// The daemon is the one that was started, small, and ends well.
void check_daemon(test::Productd& daemon) {
    CHECK(daemon.server().running());
    const auto peak = daemon.peak_kib();
    INFO("peak memory of the daemon: " << peak << " KiB");
    CHECK(peak > 0);
    if (!kSanitized) CHECK(peak <= kPeakKibMax);
    const auto& outcome = daemon.server().end();
    INFO(outcome.err.substr(outcome.err.size() - std::min<std::size_t>(outcome.err.size(), 4000)));
    CHECK(outcome.exit_code == 0);
}

}  // namespace

TEST_CASE("attacks: the corpus has at least 200 cases, each with a name of its own") {
    std::set<std::string> names;
    for (const auto& attack : corpus()) {
        INFO(attack.file << ": " << attack.name);
        CHECK(names.insert(attack.name).second);
    }
    CHECK(names.size() >= 200);
}

TEST_CASE("attacks: bytes and expectations of the corpus are read as they are written") {
    const auto pieces = test::read_bytes(R"(a\r\n\x00\{{b\t*3}c)");
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].text == std::string("a\r\n\0{", 5));
    CHECK((pieces[1].text == "b\t" && pieces[1].count == 3 && pieces[2].text == "c"));
    const auto expected = test::read_expected("404*2 200|405h close");
    REQUIRE(expected.answers.size() == 3);
    CHECK((expected.answers[2].statuses == std::vector{200, 405} && expected.answers[2].to_head));
    CHECK(!expected.answers[1].to_head);
    for (const char* wrong : {"", "404", "200 perhaps", "OK close"})
        CHECK_THROWS_AS(test::read_expected(wrong), std::runtime_error);
    for (const char* wrong : {R"(\q)", R"(\x4)", "{a}", "{a*3", "{a*b}"})
        CHECK_THROWS_AS(test::read_bytes(wrong), std::runtime_error);
}

TEST_CASE("attacks: what follows an answer is not taken for a part of it") {
    const std::string answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno";
    std::string bytes = answer + "HTTP/1.1 200";
    const auto first = test::take_answer(bytes, false);
    REQUIRE(first);
    CHECK((first->status == 404 && first->body == "no" && bytes == "HTTP/1.1 200"));
    CHECK(!test::take_answer(bytes, false));
    for (std::string wrong : {"no", "\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                              "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na",
                              "HTTP/1.1 200 OK\r\nx: \n\r\ncontent-length: 0\r\n\r\n"})
        CHECK_THROWS_AS(test::take_answer(wrong, false), std::runtime_error);
}

TEST_CASE("attacks: sent directly, each gets exactly its answers, and nobody else's suffer") {
    test::Productd daemon;
    Way way(daemon.port(), &test::Case::direct, 1);
    way.run_all();
    way.report();
    check_daemon(daemon);
}

TEST_CASE("attacks: through HAProxy, each gets its answers, and nobody else's suffer") {
    if (!test::Haproxy::installed()) {
        std::cout << "attacks: skipped: through HAProxy (install haproxy)\n";
        return;
    }
    test::Productd daemon;
    const test::Haproxy proxy(daemon.port());
    Way way(proxy.port(), &test::Case::proxy, 3);
    way.run_all();
    way.report();
    // Fewer connections than innocent requests: they came on connections that cases had used.
    CHECK(way.backend_ports().size() < corpus().size());
    check_daemon(daemon);
}

TEST_CASE(
    "attacks: through the gateway as it is rendered, the daemon serves what HAProxy passes on") {
    if (!test::Haproxy::installed()) {
        std::cout << "attacks: skipped: through the gateway (install haproxy)\n";
        return;
    }
    test::Productd daemon;
    test::RenderedGateway gateway(daemon.port());
    std::atomic<std::int64_t> malformed = 0;
    Way way(
        [&](const test::Case& attack) {
            const std::string fault = test::judge_through_gateway(attack, gateway.address());
            const auto seen = malformed.exchange(malformed_at(daemon.port()));
            return fault.empty() && malformed > seen ? "the daemon refuses what HAProxy takes"
                                                     : fault;
        },
        [&](std::string&) { return test::judge_innocent_through_gateway(gateway.address()); }, 2);
    way.run_all();
    way.report();
    const std::string passed = gateway.end();
    check_daemon(daemon);
    std::size_t served = 0;
    CHECK(test::compare_logs(passed, daemon.server().end().err, served) == "");
    CHECK(served > 2 * corpus().size());
}
