#include "http/address.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <cstring>
#include <system_error>
#include <thread>

#include "base/text.hpp"
#include "http/tls.hpp"

namespace shop::http {
namespace {

Result<SocketAddresses> look_up(const std::string& host, const std::string& port, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* list = nullptr;
    const int wrong = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
    if (wrong != 0) {
        return fail(Code::unavailable, fmt::format("the name {} has no address ({}); check it, and "
                                                   "that the name service runs",
                                                   host, ::gai_strerror(wrong)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
    SocketAddresses found;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        auto& address = found.emplace_back();
        address.size = entry->ai_addrlen;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    }
    return found;
}

SocketAddresses numeric(const std::string& host, const std::string& port) {
    return look_up(host, port, AI_NUMERICHOST).value_or(SocketAddresses{});
}

}  // namespace

Result<SocketAddresses> look_up_name(const std::string& host, const std::string& port) {
    return look_up(host, port, 0);
}

Resolver::Resolver(std::string host, std::string port, LookUp look_up)
    : host_(std::move(host)), port_(std::move(port)), look_up_(std::move(look_up)) {
    fixed_ = numeric(host_ == "localhost" ? "127.0.0.1" : host_, port_);
    if (host_ == "localhost") fixed_.push_back(numeric("::1", port_).front());
}

Result<SocketAddresses> Resolver::resolve(TimePoint until) {
    if (!fixed_.empty()) return fixed_;
    try {
        const Pending answer = under_way();
        if (answer.wait_until(until) == std::future_status::ready) return answer.get();
    } catch (const std::system_error&) {
        return fail(Code::unavailable, fmt::format("no thread is free to look up {}", host_));
    }
    return fail(Code::timeout, fmt::format("the name {} was not resolved in time; check that the "
                                           "name service runs",
                                           host_));
}

Resolver::Pending Resolver::under_way() {
    const std::lock_guard lock(mutex_);
    const bool busy =
        last_.valid() && last_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    if (busy) return last_;
    // It may outlive this object, and keeps what it needs.
    std::packaged_task<Result<SocketAddresses>()> task(
        [look_up = look_up_, host = host_, port = port_] { return look_up(host, port); });
    Pending answer = task.get_future().share();
    std::thread(std::move(task)).detach();
    last_ = answer;
    return answer;
}

Result<Address> parse_address(std::string_view url, std::shared_ptr<const TlsClient> tls) {
    const Failure wrong = fail(
        Code::invalid_argument,
        fmt::format("\"{}\" is no address; give http://host:port, https://host:port or unix:/path",
                    url));
    Address address{std::string(url), "localhost", "", ""};
    if (url.starts_with("unix:/")) {
        address.host = url.substr(5);
        return address;
    }
    const bool secure = url.starts_with("https://");
    if (!secure && !url.starts_with("http://")) return wrong;
    auto authority = url.substr(url.find("//") + 2);
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (authority.find_first_of("/?#@ \r\n") != std::string_view::npos) return wrong;
    address.host_field = authority;
    const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == std::string_view::npos) return wrong;
    const auto colon = authority.find(':', bracket);
    const auto host = authority.substr(0, colon);
    address.host = bracket > 0 ? host.substr(1, host.size() - 2) : host;
    address.port =
        colon == std::string_view::npos ? (secure ? "443" : "80") : authority.substr(colon + 1);
    const auto port = parse_int(address.port).value_or(0);
    if (address.host.empty() || port < 1 || port > 65535) return wrong;
    address.resolver = std::make_shared<Resolver>(address.host, address.port);
    if (!secure) return address;
    address.tls = std::move(tls);
    if (!address.tls) {
        SHOP_TRY(usual, TlsClient::make());
        address.tls = std::move(usual);
    }
    return address;
}

}  // namespace shop::http
