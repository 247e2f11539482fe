// A real HAProxy with the configuration of `shopctl gateway render`, before replicas that tell what
// reached them.
//
// Thread safety: send() of Gateway, and all of Replica, from any thread; the rest from one.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/json.hpp"
#include "http/client.hpp"
#include "http/front.hpp"
#include "http/socket.hpp"
#include "local/port.hpp"
#include "support/certificate.hpp"
#include "support/running_shop.hpp"
#include "unit/auth/fixture.hpp"

namespace shop::test {

// Stands for a daemon: is ready, and answers whatever comes with what it saw.
class Replica {
public:
    explicit Replica(std::string name)
        : name_(std::move(name)),
          front_(
              {}, [this](http::Request& r) { return tell(r); },
              [](int status, std::string_view) { return http::Response{.status = status}; },
              [](std::string_view) {}) {
        REQUIRE(front_.listen_tcp("127.0.0.1", 0));
        REQUIRE(front_.start());
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(front_.port()); }
    int calls() const { return calls_; }  // health not counted

private:
    http::Response tell(const http::Request& request) {
        http::Response response;
        if (request.target == "/readyz") return response;
        ++calls_;
        Json headers = Json::object();
        for (const auto& [name, value] : request.headers.all()) headers[name] = value;
        response.headers.add("content-type", "application/json");
        response.body = Json{{"replica", name_}, {"headers", headers}}.dump();
        return response;
    }

    std::string name_;
    std::atomic<int> calls_{0};
    http::Front front_;
};

// Trust in one certificate while it lives, for this program and those that it runs.
class Trust {
public:
    explicit Trust(const std::filesystem::path& certificate) {
        ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
    }
    ~Trust() { ::unsetenv("SSL_CERT_FILE"); }
    Trust(const Trust&) = delete;
    Trust& operator=(const Trust&) = delete;
};

inline Json must_be_problem(const http::Response& answer, int status) {
    INFO(answer.body);
    CHECK(answer.status == status);
    CHECK(answer.headers.get("content-type") == "application/problem+json");
    const Json document = Json::parse(answer.body);
    CHECK(document.at("status") == status);
    CHECK(document.at("detail").is_string());
    return document;
}

// A line for HAProxy's runtime socket; what it says, empty where nobody listens.
inline std::string tell_haproxy(const std::filesystem::path& path, const std::string& line) {
    const http::Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    const void* generic = &address;
    if (::connect(socket.fd(), static_cast<const sockaddr*>(generic), sizeof address) != 0)
        return "";
    const std::string text = line + "\n";
    if (::write(socket.fd(), text.data(), text.size()) != std::ssize(text)) return "";
    std::string out;
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = ::read(socket.fd(), buffer.data(), buffer.size())) > 0;)
        out.append(buffer.data(), static_cast<std::size_t>(n));
    return out;
}

class Gateway {
public:
    using Urls = std::vector<std::string>;
    // `options`: more of `gateway render`'s. `keys_dir`: whose keys it knows, where that is not
    // `house`.
    Gateway(const Urls& users, const Urls& products, const Urls& orders,
            std::vector<std::string> options = {}, std::filesystem::path keys_dir = {}) {
        if (keys_dir.empty()) keys_dir = house.folder.path();
        std::vector<std::string> words = {"gateway",
                                          "render",
                                          "--keys-dir",
                                          keys_dir,
                                          "--certificate",
                                          files_.certificate,
                                          "--listen",
                                          "127.0.0.1",
                                          "--port",
                                          std::to_string(port),
                                          "--http-port",
                                          std::to_string(port + 1),
                                          "--runtime-socket",
                                          socket_path(),
                                          "--to",
                                          config_path()};
        for (const auto& url : users) words.insert(words.end(), {"--users-url", url});
        for (const auto& url : products) words.insert(words.end(), {"--products-url", url});
        for (const auto& url : orders) words.insert(words.end(), {"--orders-url", url});
        words.insert(words.end(), options.begin(), options.end());
        const auto rendered = run(binary("shopctl"), {words});
        INFO(rendered.err);
        REQUIRE(rendered.exit_code == 0);
        process_ = std::make_unique<Process>(
            "/usr/sbin/haproxy", ProcessOptions{.arguments = {"-db", "-f", config_path()}});
        REQUIRE(eventually([&] { return !cli::check_port_free(port); }));
    }

    std::string url() const { return "https://localhost:" + std::to_string(port); }
    std::filesystem::path certificate() const { return files_.certificate; }

    http::Response send(const std::string& method, const std::string& target,
                        const HeaderList& headers = {}, const std::string& body = "") const {
        return call(url(), method, target, headers, body);
    }
    http::Response send_plain(const std::string& target) const {
        return call("http://localhost:" + std::to_string(port + 1), "GET", target, {}, "");
    }
    http::Response with_token(const std::string& token) const {
        return send("GET", "/v1/products", {{"authorization", "Bearer " + token}});
    }
    std::string tell(const std::string& line) const { return tell_haproxy(socket_path(), line); }
    std::filesystem::path socket_path() const { return folder_.path() / "runtime.sock"; }

    auth::test::House house;  // whose keys it knows
    const int port = free_port_base();

private:
    static http::Response call(const std::string& url, const std::string& method,
                               const std::string& target, const HeaderList& headers,
                               const std::string& body) {
        const auto client = http::Client::make(url, {.deadline = std::chrono::seconds(20)});
        if (!client) throw std::runtime_error(client.error().message);
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        for (const auto& [name, value] : headers) request.headers.add(name, value);
        auto answer = (*client)->send(request, false);
        if (!answer)
            throw std::runtime_error(method + " " + target + ": " + answer.error().message);
        return *answer;
    }
    std::filesystem::path config_path() const { return folder_.path() / "haproxy.cfg"; }

    TempFolder folder_;
    CertificateFiles files_ = make_certificate(folder_.path(), "gateway", "DNS:localhost");
    Trust trust_{files_.certificate};
    std::unique_ptr<Process> process_;
};

}  // namespace shop::test
