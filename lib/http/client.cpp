#include "http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "http/circuit_breaker.hpp"
#include "http/exchange.hpp"
#include "http/target.hpp"
#include "http/wire.hpp"

namespace shop::http {
namespace {

using namespace std::chrono_literals;

constexpr auto kPooledMax =
    30s;  // shorter than the front's idle deadline: it is seldom the server that closes
constexpr Millis kBackoffFirst = 50ms;
constexpr Millis kBackoffMax = 2s;

// Kept connections; the one used last is used next, so that the others can grow old.
class Pool {
public:
    explicit Pool(std::size_t max) : max_(max) {}

    // One that can carry a call; an empty channel where there is none.
    Channel take() {
        const auto now = std::chrono::steady_clock::now();
        const std::lock_guard lock(mutex_);
        while (!idle_.empty()) {
            Entry entry = std::move(idle_.back());
            idle_.pop_back();
            if (now - entry.since < kPooledMax && is_usable(entry.channel)) {
                return std::move(entry.channel);
            }
        }
        return {};
    }

    void put(Channel channel) {
        const std::lock_guard lock(mutex_);
        if (idle_.size() >= max_) return;
        idle_.push_back({std::move(channel), std::chrono::steady_clock::now()});
    }

private:
    struct Entry {
        Channel channel;
        TimePoint since;
    };
    const std::size_t max_;
    std::mutex mutex_;
    std::vector<Entry> idle_;
};

Millis retry_after(const Result<Response>& result) {
    if (!result) return 0ms;
    const auto seconds = parse_int(result->headers.get("retry-after").value_or("")).value_or(0);
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 24 * 60 * 60));
}

bool is_passing(const Result<Response>& result) {
    if (!result) return result.error().code == Code::unavailable;
    return result->status == 503 || result->status == 429;
}

// Whether the service is in no state to serve: what the circuit breaker counts.
bool is_down(const Result<Response>& result) {
    return !result || (result->status >= 502 && result->status <= 504);
}

class SocketClient : public Client {
public:
    SocketClient(Address address, ClientOptions options)
        : address_(std::move(address)),
          options_(std::move(options)),
          pool_(options_.idle_connections_max),
          breaker_(options_.breaker_failures, *options_.clock) {}

    const std::string& url() const override { return address_.url; }
    bool circuit_open() const override { return breaker_.open(); }

    Result<Response> send(const Request& request, bool repeatable) override {
        Request checked;
        if (const auto wrong = read_target(request.target, checked); !wrong.empty()) {
            return fail(Code::invalid_argument,
                        "\"" + request.target + "\": " + std::string(wrong));
        }
        CircuitBreaker::Call watched(breaker_);
        if (watched.refused()) return not_asked();
        auto result = send_repeatedly(request, repeatable);
        if (!is_down(result)) watched.succeeded();
        return result;
    }

private:
    Failure not_asked() const {
        const Millis left = std::max(breaker_.pause_left(), Millis(100));
        auto failure =
            fail(Code::unavailable,
                 fmt::format("{} cannot be reached: {} calls in a row failed, and it is not asked "
                             "again for {:.1f} s; see that it runs, and try again then",
                             address_.url, options_.breaker_failures,
                             std::chrono::duration<double>(left).count()));
        failure.value().retry_after_seconds =
            static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count());
        return failure;
    }

    Result<Response> send_repeatedly(const Request& request, bool repeatable) {
        const std::string bytes = write_request(request, address_.host_field);
        const bool to_head = request.method == "HEAD";
        const auto begin = std::chrono::steady_clock::now();
        const auto give_up = begin + options_.retry_for;
        auto until = begin + options_.deadline;
        for (Millis backoff = kBackoffFirst;; backoff = std::min(backoff * 2, kBackoffMax)) {
            auto result = attempt(bytes, to_head, repeatable, until);
            if (!repeatable || !is_passing(result)) return result;
            const auto next =
                std::chrono::steady_clock::now() + jittered(backoff) + retry_after(result);
            if (next >= give_up) return result;
            std::this_thread::sleep_until(next);
            until = std::min(next + options_.deadline, give_up);
        }
    }

    Result<Response> attempt(const std::string& bytes, bool to_head, bool repeatable,
                             TimePoint until) {
        bool answered = false;
        if (Channel kept = pool_.take()) {
            auto result = call(std::move(kept), bytes, to_head, until, answered);
            const bool dead = !result && result.error().code == Code::unavailable && !answered;
            if (!dead || !repeatable) return result;
        }
        SHOP_TRY(fresh, connect(address_, until));
        return call(std::move(fresh), bytes, to_head, until, answered);
    }

    Result<Response> call(Channel channel, const std::string& bytes, bool to_head, TimePoint until,
                          bool& answered) {
        SHOP_TRY(done, exchange(channel, address_, bytes, to_head, options_.answer_bytes_max, until,
                                answered));
        if (done.keep_alive) pool_.put(std::move(channel));
        return std::move(done.response);
    }

    const Address address_;
    const ClientOptions options_;
    Pool pool_;
    CircuitBreaker breaker_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::make(std::string_view url, ClientOptions options) {
    SHOP_TRY(address, parse_address(url, options.tls));
    return std::make_unique<SocketClient>(std::move(address), std::move(options));
}

}  // namespace shop::http
