// orderd with a fault, for tests of deployments. The last line of the program's own file says which
// one: a copy with "\nFAULT=slow" behind it is another release of the same program, as different
// from it as any other content is.
//
// Thread safety: the daemon's own; a fault's thread ends with its App.
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

#include "base/json.hpp"
#include "orderd/app.hpp"
#include "runtime/daemon.hpp"

namespace {

using namespace shop;
using namespace std::chrono_literals;

// The faults:
//   good…             none; says a version of its own ("good-2" is one more release)
//   exits             does not start
//   silent            never says READY=1
//   never-ready       says it, and /readyz stays 503
//   dies              ends 5 s after the start
//   leaks             takes 128 MiB more each second
//   wrong-version     says another version than --describe does
//   checkout-500      answers each 20th checkout with 500
//   slow              takes twice the time for each answer
//   contract          does not serve checkouts any more
//   needs             calls an endpoint that productd does not have
//   store-newer       writes a store that the release before cannot read
//   store-unreadable  cannot read the store of the release before
std::string fault_of_this_program() {
    constexpr std::streamoff kTail = 64;
    constexpr std::string_view kMark = "\nFAULT=";
    std::ifstream file("/proc/self/exe", std::ios::binary);
    file.seekg(-kTail, std::ios::end);
    const std::string tail{std::istreambuf_iterator<char>(file), {}};
    const auto at = tail.rfind(kMark);
    if (at == std::string::npos) return "good";
    const auto begin = at + kMark.size();
    return tail.substr(begin, tail.find('\n', begin) - begin);
}

class BadApp final : public runtime::App {
public:
    BadApp(std::string fault, std::unique_ptr<runtime::App> app)
        : fault_(std::move(fault)), app_(std::move(app)) {
        if (fault_ == "never-ready")
            app_->service().add_check([] {
                return api::HealthCheck{"fault", false, true, "never ready"};
            });
        if (fault_ == "checkout-500" || fault_ == "slow")
            app_->service().set_around_handlers(
                [this](const api::Endpoint& endpoint,
                       const std::function<Result<runtime::Reply>()>& run) {
                    return fault_ == "slow" ? slowly(endpoint, run) : sometimes(endpoint, run);
                });
    }

    runtime::Service& service() override { return app_->service(); }

    void start() override {
        if (fault_ == "silent") wait_to_be_ended();
        app_->start();
        if (fault_ == "dies") thread_ = std::jthread([this](std::stop_token s) { die(s); });
        if (fault_ == "leaks") thread_ = std::jthread([this](std::stop_token s) { leak(s); });
    }

    void stop() override {
        thread_ = {};
        app_->stop();
    }

private:
    // Signals are blocked while the daemon starts; the service manager's ends it all the same.
    [[noreturn]] static void wait_to_be_ended() {
        sigset_t ending;
        sigemptyset(&ending);
        sigaddset(&ending, SIGTERM);
        pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
        for (;;) ::pause();
    }

    static Result<runtime::Reply> slowly(const api::Endpoint& endpoint,
                                         const std::function<Result<runtime::Reply>()>& run) {
        const auto began = std::chrono::steady_clock::now();
        auto reply = run();
        if (endpoint.style == api::Style::json)
            std::this_thread::sleep_for(std::chrono::steady_clock::now() - began);
        return reply;
    }

    Result<runtime::Reply> sometimes(const api::Endpoint& endpoint,
                                     const std::function<Result<runtime::Reply>()>& run) {
        if (endpoint.id == "order_create" && ++checkouts_ % 20 == 0)
            return fail(Code::internal, "the fault checkout-500");
        return run();
    }

    // Whether it is to go on.
    bool wait(const std::stop_token& stop, std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, time, [] { return false; });
        return !stop.stop_requested();
    }

    void die(const std::stop_token& stop) {
        constexpr int kExit = 70;
        if (wait(stop, 5s)) ::_exit(kExit);
    }

    // Up to twice the limit of the unit: where that does not hold, the machine shall.
    void leak(const std::stop_token& stop) {
        constexpr std::size_t kPiece = 16 << 20;
        constexpr std::size_t kPieces = 64;
        while (leaked_.size() < kPieces && wait(stop, 125ms)) leaked_.emplace_back(kPiece, 'x');
    }

    const std::string fault_;
    std::unique_ptr<runtime::App> app_;
    std::atomic<int> checkouts_{0};
    std::vector<std::string> leaked_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::jthread thread_;
};

std::string version_of(const std::string& fault) { return build_version() + "+" + fault; }

Result<std::unique_ptr<runtime::App>> make_bad_app(const std::string& fault,
                                                   const runtime::DaemonContext& given) {
    if (fault == "exits") return fail(Code::failed_precondition, "the fault exits: no start");
    runtime::DaemonContext context = given;
    context.version = fault == "wrong-version" ? build_version() + "+other" : version_of(fault);
    SHOP_TRY(app, orders::make_app(context));
    return std::make_unique<BadApp>(fault, std::move(app));
}

// What the program says of itself, changed as the fault wants it.
std::string description(const std::string& fault, const std::string& said) {
    auto read = parse_json(said);
    if (!read) return said;
    Json& json = *read;
    json["version"] = version_of(fault);
    if (fault == "contract") {
        Json serves = Json::array();
        for (const auto& endpoint : json["serves"])
            if (endpoint != "POST /v1/orders") serves.push_back(endpoint);
        json["serves"] = serves;
    }
    if (fault == "needs")
        json["needs"].push_back(Json{{"service", "productd"}, {"endpoint", "GET /v2/products"}});
    const auto newer = json["store_format"].get<std::int64_t>() + 1;
    if (fault == "store-newer" || fault == "store-unreadable") json["store_format"] = newer;
    if (fault == "store-unreadable") json["store_reads_from"] = newer;
    return dump(json) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
    const std::string fault = fault_of_this_program();
    const runtime::DaemonSpec spec{
        .table = &api::orders_service(), .settings = {}, .make = [&](const auto& context) {
            return make_bad_app(fault, context);
        }};
    std::ostringstream said;
    std::streambuf* const out = std::cout.rdbuf();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool describes = std::ranges::find(arguments, "--describe") != arguments.end();
    if (describes) std::cout.rdbuf(said.rdbuf());
    const int status = runtime::run_daemon(spec, argc, argv);
    std::cout.rdbuf(out);
    if (describes) std::cout << description(fault, said.str());
    return status;
}
