// What the gateway says where a service behaves badly: takes too long, answers nonsense, ends.
#include <poll.h>

#include "http/listener.hpp"
#include "system/gateway_rig.hpp"

using namespace shop;
using namespace std::chrono_literals;
using test::must_be_problem;

namespace {

// Says on /readyz that it is ready, and to anything else what it is told to, byte for byte.
class OddReplica {
public:
    enum class Then { hang, close };
    OddReplica(std::string answer, Then then)
        : answer_(std::move(answer)),
          then_(then),
          listener_(auth::test::must(http::Listener::tcp("127.0.0.1", 0))),
          thread_([this] { serve(); }) {}
    ~OddReplica() {
        stop_ = true;
        thread_.join();
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
    int asked() const { return asked_; }  // health not counted

private:
    void serve() {
        std::vector<http::Accepted> open;
        while (!stop_) {
            std::vector<pollfd> waits = {{listener_.fd(), POLLIN, 0}};
            for (const auto& one : open) waits.push_back({one.socket.fd(), POLLIN, 0});
            ::poll(waits.data(), waits.size(), 20);
            for (std::size_t i = open.size(); i-- > 0;)
                if (waits[i + 1].revents != 0 && !talk(open[i].socket.fd()))
                    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
            while (auto one = listener_.accept()) open.push_back(*std::move(one));
        }
    }
    // Whether the connection goes on.
    bool talk(int fd) {
        std::array<char, 4096> buffer;
        const auto count = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (count <= 0) return false;
        const std::string_view request(buffer.data(), static_cast<std::size_t>(count));
        const bool health = request.starts_with("GET /readyz");
        asked_ += health ? 0 : 1;
        constexpr std::string_view kReady = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        const std::string_view answer = health ? kReady : std::string_view(answer_);
        (void)!::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
        return health || then_ == Then::hang;
    }

    const std::string answer_;
    const Then then_;
    http::Listener listener_;
    std::atomic<int> asked_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

// The gateway's answer to a call that such a service gets, once.
void check_odd(const std::string& answer, OddReplica::Then then, int status) {
    INFO("\"" << answer << "\"");
    const OddReplica odd(answer, then);
    const test::Gateway gateway({odd.url()}, {odd.url()}, {odd.url()}, {"--service-seconds", "1"});
    const Json problem = must_be_problem(gateway.send("GET", "/v1/products"), status);
    CHECK_THAT(problem["detail"].get<std::string>(),
               Catch::Contains("repeat what can be repeated"));
    CHECK(odd.asked() == 1);
    must_be_problem(gateway.send("POST", "/v1/orders", {}, "{}"), status);
    CHECK(odd.asked() == 2);
}

}  // namespace

TEST_CASE("gateway: a service that does not answer in time is a 504, and is asked once") {
    check_odd("", OddReplica::Then::hang, 504);
    check_odd("HTTP/1.1 200 OK\r\ncontent-le", OddReplica::Then::hang, 504);
}

TEST_CASE("gateway: a service that answers nonsense or ends before it does is a 502, asked once") {
    for (const char* nonsense :
         {"", "garbage\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"})
        check_odd(nonsense, OddReplica::Then::close, 502);
}
