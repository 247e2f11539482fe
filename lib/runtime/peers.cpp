#include "runtime/peers.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <optional>

#include "base/text.hpp"
#include "http/forwarded.hpp"

namespace shop::runtime {
namespace {

std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> out;
    for (const auto word : split(text, ','))
        if (const auto plain = trim(word); !plain.empty()) out.emplace_back(plain);
    return out;
}

std::optional<unsigned> uid_of(const std::string& user) {
    constexpr std::int64_t kMax = std::numeric_limits<unsigned>::max() - 1;  // then it is "none"
    if (const auto number = parse_int(user))
        return *number >= 0 && *number <= kMax ? std::optional(static_cast<unsigned>(*number))
                                               : std::nullopt;
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16 * 1024> buffer;
    if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
        return std::nullopt;
    return found->pw_uid;
}

}  // namespace

Result<std::vector<unsigned>> socket_uids(std::string_view users) {
    std::vector<unsigned> out = {0, ::geteuid()};
    for (const auto& user : listed(users)) {
        const auto uid = uid_of(user);
        if (!uid)
            return fail(Code::invalid_argument,
                        fmt::format("--socket-users: this machine knows no user \"{}\"; make it, "
                                    "or give its number",
                                    user));
        out.push_back(*uid);
    }
    return out;
}

Result<std::vector<std::string>> proxy_addresses(std::string_view addresses) {
    std::vector<std::string> out;
    for (const auto& word : listed(addresses)) {
        auto address = http::canonical_address(word);
        if (!address)
            return fail(Code::invalid_argument,
                        fmt::format("--trusted-proxies: \"{}\" is no numeric address; give one as "
                                    "10.0.0.1 or fd00::1",
                                    word));
        out.push_back(*std::move(address));
    }
    return out;
}

}  // namespace shop::runtime
