// Raw sockets and a ready-made front for the tests of lib/http.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/front.hpp"
#include "http/response_reader.hpp"
#include "support/temp_folder.hpp"

namespace shop::http::test {

using namespace std::chrono_literals;

using shop::test::TempFolder;

// A blocking client socket whose reads end after five seconds at the latest.
class Raw {
public:
    explicit Raw(std::uint16_t port) : Raw("127.0.0.1", port) {}
    Raw(const char* address, std::uint16_t port)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &to.sin_addr);
        open(reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    explicit Raw(const std::filesystem::path& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        std::strncpy(to.sun_path, path.c_str(), sizeof to.sun_path - 1);
        open(reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    ~Raw() { close(); }
    Raw(Raw&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Raw& operator=(Raw&&) = delete;

    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    bool connected() const { return connected_; }
    int fd() const { return fd_; }

    // Whether all of it could be sent.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    void end_sending() { ::shutdown(fd_, SHUT_WR); }

    // The next response; status 0 where the connection ended (or nothing came) before it was whole.
    Response response(bool to_head = false) {
        ResponseReader reader(to_head, 64 * 1024 * 1024);
        Progress progress = Progress::incomplete;
        while (progress == Progress::incomplete) {
            // Byte by byte, so that nothing of the next response is taken.
            char byte = 0;
            if (::recv(fd_, &byte, 1, 0) != 1) break;
            progress = reader.feed({&byte, 1});
        }
        if (progress == Progress::complete) return std::move(reader.response());
        Response none;
        none.status = 0;
        return none;
    }
    // All that comes until the other side ends.
    std::string all() {
        std::string text;
        std::array<char, 4096> buffer{};
        for (ssize_t count = 1; count > 0;) {
            count = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return text;
    }

private:
    void open(const sockaddr* to, socklen_t size) {
        const timeval patience{5, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        connected_ = ::connect(fd_, to, size) == 0;
    }

    int fd_;
    bool connected_ = false;
};

// Answers with method, target and body, unless the test gives a handler of its own.
inline Response echo(Request& request) {
    Response response;
    response.headers.add("content-type", "text/plain");
    response.body = request.method + " " + request.target + " " + request.body;
    return response;
}

// More than a socket takes of an answer that nobody reads.
inline Response large_answer(Request&) {
    Response response;
    response.body.assign(16'000'000, 'x');
    return response;
}

inline Response refusal(int status, std::string_view reason) {
    Response response;
    response.status = status;
    response.body = reason;
    return response;
}

inline Request request_of(const std::string& method, const std::string& target,
                          const std::string& body = "") {
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    return request;
}

inline std::unique_ptr<Client> client_of(const std::string& url, ClientOptions options = {}) {
    auto client = Client::make(url, options);
    REQUIRE(client);
    return std::move(*client);
}

// A started front on loopback.
struct Server {
    std::mutex mutex;
    std::vector<std::string> errors;  // what on_error got
    Front front;

    explicit Server(FrontOptions options = {}, Front::Handler handler = echo)
        : front(patient(std::move(options)), std::move(handler), refusal,
                [this](std::string_view text) {
                    const std::lock_guard lock(mutex);
                    errors.emplace_back(text);
                }) {
        REQUIRE(front.listen_tcp("127.0.0.1", 0));
        REQUIRE(front.start());
    }
    // A slow machine is no overload: only a test that says so has requests that wait too long.
    static FrontOptions patient(FrontOptions options) {
        if (options.queue_time_max == FrontOptions{}.queue_time_max) options.queue_time_max = 60s;
        return options;
    }
    std::uint16_t port() const { return front.port(); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
};

// A gate that handlers wait at until the test opens it; it opens itself after ten seconds.
class Gate {
public:
    void open() { open_ = true; }
    void wait() {
        ++waiting_;
        for (int i = 0; i < 10'000 && !open_; ++i) ::usleep(1000);
    }
    // Until so many stand at the gate.
    bool reached(int count) const {
        for (int i = 0; i < 10'000 && waiting_ < count; ++i) ::usleep(1000);
        return waiting_ >= count;
    }

private:
    std::atomic<bool> open_{false};
    std::atomic<int> waiting_{0};
};

// Whether `condition` came true within five seconds.
inline bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000; ++i) {
        if (condition()) return true;
        ::usleep(1000);
    }
    return condition();
}

inline std::string get(std::string_view target, std::string_view fields = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

inline std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

}  // namespace shop::http::test
