#include "http/client.hpp"

#include <algorithm>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "http/exchange.hpp"
#include "http/target.hpp"
#include "http/wire.hpp"

namespace shop::http {
namespace {

using namespace std::chrono_literals;
using Millis = std::chrono::milliseconds;

constexpr auto kPooledMax =
    30s;  // shorter than the front's idle deadline: it is seldom the server that closes
constexpr Millis kBackoffFirst = 50ms;
constexpr Millis kBackoffMax = 2s;

// Kept connections; the one used last is used next, so that the others can grow old.
class Pool {
public:
    explicit Pool(std::size_t max) : max_(max) {}

    // One that can carry a call; an empty socket where there is none.
    Socket take() {
        const auto now = std::chrono::steady_clock::now();
        const std::lock_guard lock(mutex_);
        while (!idle_.empty()) {
            Entry entry = std::move(idle_.back());
            idle_.pop_back();
            if (now - entry.since < kPooledMax && is_usable(entry.socket)) {
                return std::move(entry.socket);
            }
        }
        return {};
    }

    void put(Socket socket) {
        const std::lock_guard lock(mutex_);
        if (idle_.size() >= max_) return;
        idle_.push_back({std::move(socket), std::chrono::steady_clock::now()});
    }

private:
    struct Entry {
        Socket socket;
        TimePoint since;
    };
    const std::size_t max_;
    std::mutex mutex_;
    std::vector<Entry> idle_;
};

// Between half of `most` and all of it, so that callers who failed together do not come back
// together.
Millis jittered(Millis most) {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<Millis::rep> spread(most.count() / 2, most.count());
    return Millis(spread(random));
}

Millis retry_after(const Result<Response>& result) {
    if (!result) return 0ms;
    const auto seconds = parse_int(result->headers.get("retry-after").value_or("")).value_or(0);
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 24 * 60 * 60));
}

bool is_passing(const Result<Response>& result) {
    if (!result) return result.error().code == Code::unavailable;
    return result->status == 503 || result->status == 429;
}

class SocketClient : public Client {
public:
    SocketClient(Address address, ClientOptions options)
        : address_(std::move(address)), options_(options), pool_(options.idle_connections_max) {}

    const std::string& url() const override { return address_.url; }

    Result<Response> send(const Request& request, bool repeatable) override {
        Request checked;
        if (const auto wrong = read_target(request.target, checked); !wrong.empty()) {
            return fail(Code::invalid_argument,
                        "\"" + request.target + "\": " + std::string(wrong));
        }
        const std::string bytes = write_request(request, address_.host_field);
        const bool to_head = request.method == "HEAD";
        const auto give_up = std::chrono::steady_clock::now() + options_.retry_for;
        for (Millis backoff = kBackoffFirst;; backoff = std::min(backoff * 2, kBackoffMax)) {
            auto result = attempt(bytes, to_head, repeatable);
            if (!repeatable || !is_passing(result)) return result;
            const Millis wait = jittered(backoff) + retry_after(result);
            if (std::chrono::steady_clock::now() + wait > give_up) return result;
            std::this_thread::sleep_for(wait);
        }
    }

private:
    Result<Response> attempt(const std::string& bytes, bool to_head, bool repeatable) {
        const auto until = std::chrono::steady_clock::now() + options_.deadline;
        bool answered = false;
        if (Socket kept = pool_.take()) {
            auto result = call(std::move(kept), bytes, to_head, until, answered);
            const bool dead = !result && result.error().code == Code::unavailable && !answered;
            if (!dead || !repeatable) return result;
        }
        SHOP_TRY(fresh, connect(address_, until));
        return call(std::move(fresh), bytes, to_head, until, answered);
    }

    Result<Response> call(Socket socket, const std::string& bytes, bool to_head, TimePoint until,
                          bool& answered) {
        SHOP_TRY(done, exchange(socket, address_, bytes, to_head, options_.answer_bytes_max, until,
                                answered));
        if (done.keep_alive) pool_.put(std::move(socket));
        return std::move(done.response);
    }

    const Address address_;
    const ClientOptions options_;
    Pool pool_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::make(std::string_view url, ClientOptions options) {
    SHOP_TRY(address, parse_address(url));
    return std::make_unique<SocketClient>(std::move(address), options);
}

}  // namespace shop::http
