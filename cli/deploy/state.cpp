#include "deploy/state.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "deploy/disk.hpp"

namespace shop::cli::deploy {
namespace {

std::string own_user() {
    // By name where the system knows one; a container's user may have none.
    const passwd* entry = ::getpwuid(::geteuid());
    return entry && entry->pw_name ? entry->pw_name : std::to_string(::geteuid());
}

}  // namespace

Result<void> State::make() const { return make_lasting_folder(folder, 0755); }

std::string who_works() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    const std::string user = own_user();
    const std::string at_host = std::string("@") + host.data();
    // What sudo says counts for root alone: anybody can set the variable.
    const char* before = ::geteuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
    if (!before || !*before || user == before) return user + at_host;
    return before + at_host + " (" + user + ")";
}

}  // namespace shop::cli::deploy
