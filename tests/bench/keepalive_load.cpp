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
    http::Socket socket;
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
        for (auto& asker : askers_) ask(asker);
        while (SteadyClock::now() < end && answered_ < plan_.answers_max) wait();
        const auto now = SteadyClock::now();
        for (const auto& asker : askers_) result_.times.push_back(now - asker.asked);
        return std::move(result_);
    }

private:
    void open(std::size_t index) {
        Asker& asker = askers_[index];
        asker.socket = must(http::connect(address_, SteadyClock::now() + kConnectTime));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        ::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, asker.socket.fd(), &event);
    }

    // A request is far smaller than a socket's buffer; where it isn't taken whole the connection is
    // dead, and the next read says so.
    void ask(Asker& asker) {
        asker.reader.emplace(false, kAnswerBytesMax);
        asker.asked = SteadyClock::now();
        (void)!::send(asker.socket.fd(), request_.data(), request_.size(), MSG_NOSIGNAL);
    }

    void wait() {
        constexpr int kPatienceMs = 100;
        std::array<epoll_event, 256> events;
        const int count = ::epoll_wait(epoll_.fd(), events.data(), events.size(), kPatienceMs);
        for (int i = 0; i < count; ++i) on_input(events[static_cast<std::size_t>(i)].data.u64);
    }

    void on_input(std::size_t index) {
        Asker& asker = askers_[index];
        const auto count = ::recv(asker.socket.fd(), buffer_.data(), buffer_.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count <= 0) return begin_anew(index, true);
        const auto progress = asker.reader->feed({buffer_.data(), static_cast<std::size_t>(count)});
        if (progress == http::Progress::incomplete) return;
        if (progress == http::Progress::refused) return begin_anew(index, true);
        result_.times.push_back(SteadyClock::now() - asker.asked);
        const bool good = asker.reader->response().status == 200;
        ++answered_;
        ++(good ? result_.answers[index] : result_.failed);
        if (!asker.reader->keep_alive()) return begin_anew(index, false);
        ask(asker);
    }

    void begin_anew(std::size_t index, bool failed) {
        if (failed) ++result_.failed;
        open(index);
        ask(askers_[index]);
    }

    const LoadPlan& plan_;
    const http::Address address_;
    const std::string request_;
    http::Socket epoll_;
    std::vector<Asker> askers_;
    std::array<char, 64 * 1024> buffer_;
    std::uint64_t answered_ = 0;
    LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadPlan& plan) {
    const auto load = std::make_unique<KeepAliveLoad>(plan);
    return load->run();
}

}  // namespace shop::bench
