#include "http/forwarded.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace shop::http {

std::optional<std::string> canonical_address(std::string_view text) {
    const std::string given(text);
    std::array<char, INET6_ADDRSTRLEN> out{};
    in_addr four{};
    in6_addr six{};
    if (::inet_pton(AF_INET, given.c_str(), &four) == 1) return given;
    if (::inet_pton(AF_INET6, given.c_str(), &six) != 1) return std::nullopt;
    constexpr std::size_t kMapped = 12;  // where an IPv4 address stands in one of IPv6
    if (IN6_IS_ADDR_V4MAPPED(&six))
        ::inet_ntop(AF_INET, &six.s6_addr[kMapped], out.data(), out.size());
    else
        ::inet_ntop(AF_INET6, &six, out.data(), out.size());
    return out.data();
}

std::optional<std::string> forwarded_client(const Headers& headers) {
    std::string_view last;
    for (const auto& [name, value] : headers.all())
        if (name == "x-forwarded-for") last = value;
    const auto comma = last.rfind(',');
    return canonical_address(trim(comma == std::string_view::npos ? last : last.substr(comma + 1)));
}

bool is_proxy(const Peer& peer, const std::vector<std::string>& addresses) {
    if (peer.uid) return true;
    if (addresses.empty()) return false;
    const auto from = canonical_address(peer.address);
    return from && std::ranges::find(addresses, *from) != addresses.end();
}

}  // namespace shop::http
