#include "auth/signing_keys.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "auth/keys.hpp"
#include "auth/token.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"

namespace shop::auth {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {std::pair{KeyState::current, ""}, std::pair{KeyState::next, ".next"},
                               std::pair{KeyState::previous, ".previous"}};

Result<Time> written_at(const fs::path& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return fail_call("look at", path.native());
    return Time(std::chrono::seconds(found.st_mtim.tv_sec) +
                std::chrono::milliseconds(found.st_mtim.tv_nsec / 1'000'000));
}

// One that is not there is no error: what was asked for is so.
Result<void> remove_file(const fs::path& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    return fail_call("remove", path.native());
}

Result<void> rotate_ordinary(const fs::path& folder, const std::string& name) {
    SHOP_CHECK(read_private_key(folder, name + ".next"));
    SHOP_TRY(current, read_public_key(folder, name));
    SHOP_CHECK(write_file(public_path(folder, name + ".previous"), current, kPublicMode));
    const auto next = key_path(folder, name + ".next"), now = key_path(folder, name);
    if (std::rename(next.c_str(), now.c_str()) != 0) return fail_call("rename", next.native());
    return sync_folder(folder);
}

Result<void> rotate_at_once(const fs::path& folder, const std::string& name) {
    SHOP_CHECK(remove_file(public_path(folder, name + ".previous")));
    SHOP_CHECK(remove_file(key_path(folder, name + ".next")));
    SHOP_TRY(pem, make_private_key());
    return write_file(key_path(folder, name), pem, kPrivateMode);
}

}  // namespace

std::string_view name_of(KeyState state) {
    if (state == KeyState::current) return "current";
    return state == KeyState::next ? "next" : "previous";
}

Result<std::vector<SigningKey>> signing_keys(const fs::path& folder, const std::string& name) {
    std::vector<SigningKey> keys;
    for (const auto& [state, suffix] : kFiles) {
        const auto path = public_path(folder, name + suffix);
        auto pem = read_public_key(folder, name + suffix);
        if (!pem && pem.error().code == Code::not_found && state != KeyState::current) continue;
        if (!pem) return tl::make_unexpected(std::move(pem).error());
        SHOP_TRY(key, PublicKey::parse(*std::move(pem)));
        SHOP_TRY(since, written_at(path));
        const bool twice = std::ranges::any_of(
            keys, [&](const SigningKey& known) { return known.key.kid() == key.kid(); });
        if (!twice) keys.push_back({std::move(key), state, since});
    }
    return keys;
}

std::string keys_stamp(const fs::path& folder, const std::string& name) {
    std::string stamp;
    for (const auto& [state, suffix] : kFiles) {
        struct stat found {};
        if (::stat(public_path(folder, name + suffix).c_str(), &found) == 0)
            stamp += fmt::format("{} {} {}.{}", suffix, found.st_ino, found.st_mtim.tv_sec,
                                 found.st_mtim.tv_nsec);
        stamp += '\n';
    }
    return stamp;
}

Result<void> rotate_keys(const fs::path& folder, const std::string& name, Rotation how) {
    SHOP_CHECK(how == Rotation::ordinary ? rotate_ordinary(folder, name)
                                         : rotate_at_once(folder, name));
    return ensure_keys(folder, name);
}

}  // namespace shop::auth
