#include "support/running_shop.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <mutex>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "http/client.hpp"
#include "http/socket.hpp"
#include "local/port.hpp"

namespace shop::test {

namespace {

// Takes ports for this program until it ends, against other programs of tests: a Unix socket's name
// in this network, which has one owner.
bool reserve(int port_base) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = "shop-test-ports-" + std::to_string(port_base);
    text.copy(address.sun_path + 1, text.size());
    static std::mutex mutex;
    static std::vector<http::Socket> reserved;
    const std::lock_guard lock(mutex);
    reserved.emplace_back(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<socklen_t>(sizeof(sa_family_t) + 1 + text.size());
    if (::bind(reserved.back().fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0)
        return true;
    reserved.pop_back();
    return false;
}

}  // namespace

int free_port_base() {
    const int first = ::getpid() % 1000;
    for (int i = 0; i < 1000; ++i) {
        const int base = 20'000 + (first + i) % 1000 * 10;
        bool all = reserve(base);
        for (int port = base; port < base + 5; ++port) all = all && cli::check_port_free(port);
        if (all) return base;
    }
    throw std::runtime_error("no free ports above 20000");
}

std::filesystem::path binary(const std::string& name) {
    return std::filesystem::path(SHOP_BIN_DIR) / name;
}

RunningShop& shared_shop() {
    static RunningShop shop;
    return shop;
}

RunningShop::RunningShop(const LayOut& lay_out) : port_base_(free_port_base()) {
    environment_ = {{"HOME", folder().string()},
                    {"SHOPCTL_CONFIG", (folder() / "config.json").string()},
                    {"XDG_CONFIG_HOME", ""},
                    {"XDG_DATA_HOME", ""},
                    {"NO_COLOR", ""},
                    {"LC_ALL", "C.UTF-8"},
                    // Where systemd-creds keeps the key that is the host's else.
                    {"SYSTEMD_CREDENTIAL_SECRET", (folder() / "credential.secret").string()},
                    {"SHOP_USERD_PASSWORD_MEMORY_MIB", "8"},
                    {"SHOP_USERD_PASSWORD_PASSES", "1"},
                    // A slow machine, or a sanitizer, is no overload.
                    {"SHOP_USERD_QUEUE_MS_MAX", "60000"},
                    {"SHOP_PRODUCTD_QUEUE_MS_MAX", "60000"},
                    {"SHOP_ORDERD_QUEUE_MS_MAX", "60000"}};
    if (lay_out) lay_out(data_dir());
    const auto up = ctl({"up", "--detach", "--data", data_dir().string(), "--port-base",
                         std::to_string(port_base_)});
    if (up.exit_code != 0) throw std::runtime_error("shopctl up: " + up.err);
}

RunningShop::~RunningShop() {
    // Also at the end of the program, where Catch takes no more messages.
    const auto down = ctl({"down", "--data", data_dir().string()});
    if (down.exit_code != 0) std::cerr << down.err;
}

std::string RunningShop::url(const std::string& service) const {
    const int offset = service == "userd" ? 1 : service == "productd" ? 2 : 3;
    return "http://127.0.0.1:" + std::to_string(port_base_ + offset);
}

pid_t RunningShop::pid_of(const std::string& service) const {
    const auto text = read_file(data_dir() / "shop.json");
    if (!text) throw std::runtime_error("the shop has no state file");
    const Json shop = Json::parse(*text);
    for (const Json& row : shop["services"])
        if (row["service"] == service) return row["pid"].get<pid_t>();
    throw std::runtime_error("no service " + service);
}

Outcome RunningShop::ctl(std::vector<std::string> arguments, const std::string& input) const {
    return run(binary("shopctl"), {std::move(arguments), environment_, input});
}

std::string RunningShop::ok(std::vector<std::string> arguments, const std::string& input) const {
    std::string line = "shopctl";
    for (const auto& word : arguments) line += " " + word;
    const auto outcome = ctl(std::move(arguments), input);
    INFO(line << "\n" << outcome.err << outcome.out);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
}

Json RunningShop::json(std::vector<std::string> arguments, const std::string& input) const {
    arguments.insert(arguments.begin(), {"-o", "json"});
    return Json::parse(ok(std::move(arguments), input));
}

void RunningShop::customer(const std::string& name) const {
    ok({"context", "set", name, "--users-url", url("userd"), "--products-url", url("productd"),
        "--orders-url", url("orderd")});
    const std::string password = std::string(kPassword) + "\n";
    ok({"--context", name, "user", "create", name, "--email", name + "@example.org"}, password);
    ok({"--context", name, "login", name}, password);
}

Outcome RunningShop::as(const std::string& name, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--context", name});
    return ctl(std::move(arguments));
}

Json RunningShop::json_as(const std::string& name, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--context", name});
    return json(std::move(arguments));
}

std::pair<std::string, std::string> RunningShop::admin() const {
    const auto text = read_file(data_dir() / "admin.txt");
    REQUIRE(text);
    const auto colon = text->find(':');
    return {text->substr(0, colon), std::string(trim(text->substr(colon + 1)))};
}

std::string RunningShop::token(const std::string& username, const std::string& password) const {
    const auto answer =
        send("userd", "POST", "/v1/sessions", {{"content-type", "application/json"}},
             Json{{"username", username}, {"password", password}}.dump());
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return Json::parse(answer.body)["access_token"].get<std::string>();
}

http::Response RunningShop::send(const std::string& service, const std::string& method,
                                 const std::string& target, const HeaderList& headers,
                                 const std::string& body) const {
    const auto client = http::Client::make(url(service), {.deadline = std::chrono::seconds(20)});
    REQUIRE(client);
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    auto answer = (*client)->send(request, method != "POST");
    INFO(method << " " << target << ": " << (answer ? "" : answer.error().message));
    REQUIRE(answer);
    return *answer;
}

}  // namespace shop::test
