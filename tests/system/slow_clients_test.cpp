// Thousands of slow clients on the real daemon: a good one is served all the same, and the memory
// stays small.
#include "support/slow_clients.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "http/client.hpp"
#include "support/running_shop.hpp"

using namespace shop;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kSlowClients = 2000;
constexpr int kGoodRequests = 800;
constexpr auto kGoodPause = 5ms;  // so that they are spread over some seconds
constexpr long kMemoryKibMax = 128 * 1024;
constexpr std::size_t kTogether = 32;  // twice the daemon's workers

#ifdef __SANITIZE_ADDRESS__
constexpr bool kMemoryIsItsOwn = false;  // the sanitizer's is far more
#else
constexpr bool kMemoryIsItsOwn = true;
#endif

test::RunningShop& shop_with_products() {
    static test::RunningShop shop;
    static const std::string imported = shop.ok(
        {"product", "import",
         (std::filesystem::path(SHOP_SOURCE_DIR) / "packaging/sample/catalogue.csv").string()});
    return shop;
}

std::uint16_t port_of(const test::RunningShop& shop) {
    const std::string url = shop.url("productd");
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

// A line "name value…" of /proc/PID/status or of the metrics; -1 where there is none.
long number_in(std::istream& lines, const std::string& name) {
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        long value = 0;
        if (words >> first >> value && first == name) return value;
    }
    return -1;
}

long process_number(pid_t pid, const std::string& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    return number_in(status, name);
}

long metric(const test::RunningShop& shop, const std::string& name) {
    std::istringstream metrics(shop.send("productd", "GET", "/metrics").body);
    return number_in(metrics, name);
}

// What the daemon has refused because it had too much of something.
long refused(const test::RunningShop& shop) {
    long sum = 0;
    for (const std::string reason : {"connections", "queue", "memory"})
        sum += metric(shop, "shop_http_rejected_total{reason=\"" + reason + "\"}");
    return sum;
}

std::unique_ptr<http::Client> connect(const std::string& url) {
    auto client = http::Client::make(url, {.deadline = 30s, .breaker_failures = 0});
    if (!client) throw std::runtime_error(client.error().message);
    return std::move(*client);
}

// A question and the answer that is right.
struct Question {
    http::Request request;
    std::string answer;
};

Question ask_beforehand(const test::RunningShop& shop, const std::string& target) {
    const auto answer = shop.send("productd", "GET", target);
    REQUIRE(answer.status == 200);
    http::Request request;
    request.method = "GET";
    request.target = target;
    return {request, answer.body};
}

// Nothing, or what is wrong with the answer.
std::string wrong_with(http::Client& client, const Question& question) {
    const auto answer = client.send(question.request, false);
    if (!answer) return answer.error().message;
    if (answer->status != 200)
        return "status " + std::to_string(answer->status) + " " + answer->body;
    return answer->body == question.answer ? "" : "another body";
}

struct GoodClient {
    std::vector<SteadyClock::duration> times;
    std::vector<std::string> wrong;
    // One after the other, every second one on a connection of its own.
    void run(const std::string& url, const std::vector<Question>& questions) {
        const auto kept = connect(url);
        for (int i = 0; i < kGoodRequests; ++i) {
            const auto fresh = connect(url);
            const auto& question = questions[static_cast<std::size_t>(i / 2) % questions.size()];
            const auto begin = SteadyClock::now();
            const std::string what = wrong_with(i % 2 == 0 ? *kept : *fresh, question);
            times.push_back(SteadyClock::now() - begin);
            if (!what.empty()) wrong.push_back(question.request.target + ": " + what);
            std::this_thread::sleep_for(kGoodPause);
        }
    }
    double p99_ms() {
        std::ranges::sort(times);
        return std::chrono::duration<double, std::milli>(times[times.size() * 99 / 100]).count();
    }
};

// More good clients at the same time than there are workers; how many got the right answer.
std::size_t ask_together(const std::string& url, const Question& question) {
    std::atomic<std::size_t> right{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kTogether; ++i) {
        threads.emplace_back([&] {
            if (wrong_with(*connect(url), question).empty()) ++right;
        });
    }
    for (auto& thread : threads) thread.join();
    return right;
}

// 500 connections within a second, held for six. A probe every second second: its patience is
// counted in whole seconds of the clock, so one second could be a moment.
std::unique_ptr<test::Process> start_slowhttptest(std::vector<std::string> flags,
                                                  const std::string& file) {
    for (const std::string word :
         {"-c", "500", "-r", "500", "-l", "6", "-p", "2", "-g", "-o", file.c_str()})
        flags.push_back(word);
    return std::make_unique<test::Process>(
        "slowhttptest", test::ProcessOptions{.arguments = std::move(flags), .limit = 30s});
}

// The last column counts connections where the last probe was answered, else it is 0.
void check_availability(const std::string& file) {
    std::ifstream table(file);
    std::string line;
    std::getline(table, line);
    REQUIRE(line == "Seconds,Closed,Pending,Connected,Service Available");
    int seconds = 0;
    for (; std::getline(table, line); ++seconds) {
        INFO(line);
        CHECK_FALSE(line.ends_with(",0"));
    }
    CHECK(seconds > 0);
}

}  // namespace

TEST_CASE("slow clients: 2,000 of them keep no good client from its answers") {
    const auto& shop = shop_with_products();
    const std::string url = shop.url("productd");
    const pid_t pid = shop.pid_of("productd");
    const std::vector<Question> questions = {ask_beforehand(shop, "/v1/products?limit=1"),
                                             ask_beforehand(shop, "/v1/products?limit=20"),
                                             ask_beforehand(shop, "/v1/products?limit=200")};
    const long threads = process_number(pid, "Threads:");
    const long memory_before = process_number(pid, "VmHWM:");

    const test::SlowClients slow({port_of(shop), "/v1/products?limit=120", kSlowClients});
    GoodClient good;
    good.run(url, questions);
    for (const auto& what : good.wrong) UNSCOPED_INFO(what);
    CHECK(good.wrong.empty());
    CHECK(metric(shop, "shop_http_connections") >= static_cast<long>(kSlowClients));
    CHECK(ask_together(url, questions[1]) == kTogether);

    CHECK(shop.pid_of("productd") == pid);
    CHECK(process_number(pid, "Threads:") == threads);
    const long memory = process_number(pid, "VmHWM:");
    if (kMemoryIsItsOwn) CHECK(memory < kMemoryKibMax);
    std::cout << "slow clients: p99 of a good client " << good.p99_ms() << " ms; memory "
              << memory_before << " KiB before, " << memory << " KiB at most\n";
}

TEST_CASE("slow clients: slowhttptest finds the service available in all its modes at once") {
    if (std::system("command -v slowhttptest >/dev/null") != 0) {
        std::cout << "slow clients: skipped: slowhttptest is not installed\n";
        return;
    }
    const auto& shop = shop_with_products();
    const std::string list = shop.url("productd") + "/v1/products?limit=";
    const long refused_before = refused(shop);
    const test::TempFolder folder;
    const auto file = [&](const std::string& mode) { return (folder.path() / mode).string(); };
    const std::map<std::string, std::vector<std::string>> modes = {
        {"headers", {"-H", "-i", "1", "-u", list + "20"}},
        {"body", {"-B", "-i", "1", "-s", "8192", "-u", list + "20"}},
        {"range", {"-R", "-t", "HEAD", "-u", list + "20"}},
        {"read", {"-X", "-k", "2", "-w", "10", "-y", "20", "-u", list + "150"}}};
    std::map<std::string, std::unique_ptr<test::Process>> running;
    for (const auto& [mode, flags] : modes) running[mode] = start_slowhttptest(flags, file(mode));
    for (const auto& [mode, process] : running) {
        const auto outcome = process->wait();
        INFO(mode << "\n" << outcome.out << outcome.err);
        CHECK(outcome.exit_code == 0);
        check_availability(file(mode) + ".csv");
    }
    // A refusal would have been an answer for its probe, too.
    CHECK(refused(shop) == refused_before);
}
