#include "bench/keepalive_load.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>

#include "http/exchange.hpp"
#include "http/response_reader.hpp"

namespace shop::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kConnectTime = std::chrono::seconds(10);
constexpr std::size_t kAnswerBytesMax = 1024 * 1024;

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

struct Asker {
    http::Channel channel;
    std::optional<http::ResponseReader> reader;
    SteadyClock::time_point asked;
};

class KeepAliveLoad {
public:
    explicit KeepAliveLoad(const LoadPlan& plan)
        : plan_(plan),
          address_(must(http::parse_address(plan.url))),
          request_("GET " + plan.target + " HTTP/1.1\r\nHost: " + address_.host_field + "\r\n\r\n"),
          epoll_(::epoll_create1(EPOLL_CLOEXEC)),
          askers_(plan.connections) {
        result_.answers.resize(plan.connections);
    }

    LoadResult run() {
        for (std::size_t i = 0; i < askers_.size(); ++i) open(i);
        const auto end = SteadyClock::now() + plan_.time_max;
        began_ = SteadyClock::now();
        for (std::size_t i = 0; i < askers_.size(); ++i) ready(i);
        while (SteadyClock::now() < end && answered_ < plan_.answers_max) {
            if (plan_.rate > 0) ask_what_is_due();
            wait();
        }
        const auto now = SteadyClock::now();
        for (const auto& asker : askers_)
            if (asker.reader) result_.times.push_back(now - asker.asked);
        return std::move(result_);
    }

private:
    // A connection may ask.
    void ready(std::size_t index) {
        if (plan_.rate <= 0) return ask(askers_[index]);
        askers_[index].reader.reset();
        free_.push_back(index);
    }

    void ask_what_is_due() {
        const std::chrono::duration<double> passed = SteadyClock::now() - began_;
        const auto due = static_cast<std::uint64_t>(passed.count() * plan_.rate);
        for (; asked_ < due; ++asked_) {
            if (free_.empty()) {
                ++result_.unsent;
                continue;
            }
            Asker& asker = askers_[free_.back()];
            free_.pop_back();
            ask(asker);
        }
    }

    void open(std::size_t index) {
        Asker& asker = askers_[index];
        asker.channel = must(http::connect(address_, SteadyClock::now() + kConnectTime));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        ::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, asker.channel.fd(), &event);
    }

    // A request is far smaller than a socket's buffer; where it isn't taken whole the connection is
    // dead, and the next read says so.
    void ask(Asker& asker) {
        asker.reader.emplace(false, kAnswerBytesMax);
        asker.asked = SteadyClock::now();
        (void)!asker.channel.send(request_);
    }

    void wait() {
        const int patience_ms = plan_.rate > 0 ? 1 : 100;
        std::array<epoll_event, 256> events;
        const int count = ::epoll_wait(epoll_.fd(), events.data(), events.size(), patience_ms);
        for (int i = 0; i < count; ++i) on_input(events[static_cast<std::size_t>(i)].data.u64);
    }

    void on_input(std::size_t index) {
        Asker& asker = askers_[index];
        const auto count = asker.channel.receive(buffer_.data(), buffer_.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        // One that was not asked has something to say: that there are too many, or goodbye. It
        // stays among the free ones.
        if (!asker.reader) return open(index);
        if (count <= 0) return begin_anew(index, true);
        const auto progress = asker.reader->feed({buffer_.data(), static_cast<std::size_t>(count)});
        if (progress == http::Progress::incomplete) return;
        if (progress == http::Progress::refused) return begin_anew(index, true);
        const int status = asker.reader->response().status;
        if (status == 200) result_.times.push_back(SteadyClock::now() - asker.asked);
        ++answered_;
        ++(status == 200 ? result_.answers[index] : result_.failed);
        if (status == 503) ++result_.refused;
        if (!asker.reader->keep_alive()) return begin_anew(index, false);
        ready(index);
    }

    void begin_anew(std::size_t index, bool failed) {
        if (failed) ++result_.failed;
        open(index);
        ready(index);
    }

    const LoadPlan& plan_;
    const http::Address address_;
    const std::string request_;
    http::Socket epoll_;
    std::vector<Asker> askers_;
    std::array<char, 64 * 1024> buffer_;
    std::vector<std::size_t> free_;  // connections that may ask, at a rate
    SteadyClock::time_point began_;
    std::uint64_t asked_ = 0;
    std::uint64_t answered_ = 0;
    LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadPlan& plan) {
    const auto load = std::make_unique<KeepAliveLoad>(plan);
    return load->run();
}

}  // namespace shop::bench
