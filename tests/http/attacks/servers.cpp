#include "http/attacks/servers.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>

#include "auth/token.hpp"
#include "base/file.hpp"
#include "http/tls.hpp"
#include "local/port.hpp"
#include "support/certificate.hpp"
#include "support/running_shop.hpp"

namespace shop::test {
namespace {

constexpr const char* kHaproxy = "/usr/sbin/haproxy";
// One thread, so that all connections to the daemon lie in one pool; no HTTP/2, so that its preface
// is treated as the HTTP/1 that it pretends to be. The daemon sees the same port again where a
// connection is used again.
constexpr const char* kHaproxyConfig = R"(global
    maxconn 500
    nbthread 1
defaults
    mode http
    option disable-h2-upgrade
    timeout connect 2s
    timeout client 1s
    timeout server 10s
    timeout http-request 2s
    timeout http-keep-alive 5s
frontend shop
    bind 127.0.0.1:{}
    default_backend productd
backend productd
    http-reuse always
    http-response set-header x-backend-port %[bc_src_port]
    server productd 127.0.0.1:{}
)";

std::string config_file(const TempFolder& folder, int port, int daemon_port) {
    const auto path = folder.path() / "haproxy.cfg";
    if (!write_file(path, fmt::format(kHaproxyConfig, port, daemon_port), 0600))
        throw std::runtime_error(path.string() + " can't be written");
    return path;
}

void wait_for(const Server& server, int port) {
    // Free: nothing listens there yet.
    if (!eventually([&] { return !server.running() || !cli::check_port_free(port); }) ||
        !server.running())
        throw std::runtime_error("nothing came up on port " + std::to_string(port));
}

}  // namespace

Server::Server(const std::filesystem::path& program, std::vector<std::string> arguments)
    : process_(program, {.arguments = std::move(arguments), .limit = std::chrono::seconds(600)}),
      pid_(process_.pid()),
      reader_([this] {
          outcome_ = process_.wait();
          ended_ = true;
      }) {}

Server::~Server() { end(); }

const Outcome& Server::end(int signal) {
    if (!reader_.joinable()) return outcome_;
    if (running()) process_.signal(signal);
    reader_.join();
    return outcome_;
}

Productd::Productd()
    : port_(free_port_base()),
      server_(binary("shop-productd"),
              {"--port", std::to_string(port_), "--data-dir", folder_.path() / "store",
               "--keys-dir", folder_.path() / "keys", "--head-seconds", "3", "--body-seconds", "3",
               "--write-seconds", "3", "--drain-seconds", "2"}) {
    wait_for(server_, port_);
}

std::size_t Productd::peak_kib() const {
    std::ifstream status("/proc/" + std::to_string(server_.pid()) + "/status");
    for (std::string word; status >> word;) {
        std::size_t kib = 0;
        if (word == "VmHWM:" && status >> kib) return kib;
    }
    return 0;
}

bool Haproxy::installed() { return std::filesystem::exists(kHaproxy); }

Haproxy::Haproxy(int daemon_port)
    : port_(free_port_base()),
      server_(kHaproxy, {"-db", "-f", config_file(folder_, port_, daemon_port)}) {
    wait_for(server_, port_);
}

namespace {

std::vector<std::string> render_words(const std::filesystem::path& folder, int port,
                                      int daemon_port, const CertificateFiles& files) {
    const std::string productd = "http://127.0.0.1:" + std::to_string(daemon_port);
    const std::string nobody = "http://127.0.0.1:" + std::to_string(port + 1);
    return {"gateway",
            "render",
            "--keys-dir",
            folder,
            "--certificate",
            files.certificate,
            "--listen",
            "127.0.0.1",
            "--port",
            std::to_string(port),
            "--http-port",
            "0",
            "--runtime-socket",
            folder / "runtime.sock",
            "--users-url",
            nobody,
            "--products-url",
            productd,
            "--orders-url",
            nobody,
            "--address-connections",
            "1000000",
            "--address-requests",
            "100000000",
            "--sign-ins",
            "1000000",
            "--to",
            folder / "haproxy.cfg"};
}

template <class T>
T must_have(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

}  // namespace

RenderedGateway::RenderedGateway(int daemon_port) : port_(free_port_base()) {
    const auto& folder = folder_.path();
    if (const auto made = auth::ensure_keys(folder, "userd"); !made)
        throw std::runtime_error(made.error().message);
    const auto files = make_certificate(folder, "gateway", "DNS:localhost");
    const auto rendered = run(binary("shopctl"), {render_words(folder, port_, daemon_port, files)});
    if (rendered.exit_code != 0) throw std::runtime_error(rendered.err);
    // Into a file: HAProxy drops lines that a pipe does not take at once.
    server_ = std::make_unique<Server>(
        "/bin/sh", std::vector<std::string>{"-c", "exec " + std::string(kHaproxy) + " -db -f " +
                                                      (folder / "haproxy.cfg").string() + " >" +
                                                      (folder / "log").string() + " 2>&1"});
    wait_for(*server_, port_);
    auto tls = must_have(http::TlsClient::make({{}, {}, files.certificate}));
    address_ = must_have(
        http::parse_address("https://localhost:" + std::to_string(port_), std::move(tls)));
}

std::string RenderedGateway::end() {
    // It ends when nobody is served any more; SIGTERM would cost the log its last lines.
    server_->end(SIGUSR1);
    return shop::read_file(folder_.path() / "log", 64 * 1024 * 1024).value_or("");
}

}  // namespace shop::test
