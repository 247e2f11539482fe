// The versions of secrets as they are kept; secrets_install.cpp puts them where services read
// them.
#include "deploy/secrets.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "deploy/disk.hpp"
#include "program.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::deploy::SecretInfo>() {
    using T = cli::deploy::SecretInfo;
    static const StructType type{"SecretInfo",
                                 "A secret of a service on this host.",
                                 {
                                     field<&T::service>("service", "Whose it is."),
                                     field<&T::name>("name", "The credential's name."),
                                     field<&T::version>("version", "The newest."),
                                     field<&T::versions>("versions", "How many are kept."),
                                     field<&T::set_at>("set_at", "When the newest was set."),
                                     field<&T::encrypted>("encrypted", "With the host's key."),
                                 }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSecretBytesMax = 64 * 1024;
constexpr std::size_t kSecretNameMax = 64;
constexpr std::size_t kRandomBytes = 32;
constexpr std::string_view kEncryptedSuffix = ".cred";

Result<void> check_secret_name(std::string_view name) {
    const bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
    if (plain && !name.empty() && name.size() <= kSecretNameMax) return {};
    return fail(Code::invalid_argument,
                "A secret's name, and its service's, has 1 to 64 of a to z, 0 to 9 and dashes.");
}

Result<void> check_secret_value(std::string_view value) {
    if (!value.empty() && value.size() <= kSecretBytesMax) return {};
    return fail(Code::invalid_argument, "A secret has 1 byte to 64 KiB.");
}

// The versions in a secret's folder, and whether each is encrypted.
std::map<std::int64_t, bool> versions_in(const fs::path& place) {
    std::map<std::int64_t, bool> versions;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(place, none)) {
        const bool encrypted = entry.path().extension() == kEncryptedSuffix;
        const auto number = parse_int(entry.path().stem().string());
        if (!number || (entry.path().has_extension() && !encrypted)) continue;
        // Both are there where somebody died between writing the one and removing the other.
        versions[*number] = versions[*number] || encrypted;
    }
    return versions;
}

std::string version_file(std::int64_t version, bool encrypted) {
    return std::to_string(version) + std::string(encrypted ? kEncryptedSuffix : "");
}

// systemd holds the name in it against the credential's.
std::string name_option(const std::string& name) { return "--name=" + name; }

Result<std::string> decrypted(const std::string& name, const std::string& content) {
    return output_of({"systemd-creds", "decrypt", name_option(name), "-", "-"}, {.input = content});
}

// Nothing where systemd-creds is not there, or does not work here (who is not root has no key).
std::optional<std::string> encrypted(const std::string& name, std::string_view value) {
    auto result =
        output_of({"systemd-creds", "encrypt", name_option(name), "-", "-"}, {.input = value});
    if (!result || decrypted(name, *result).value_or("") != value) return std::nullopt;
    return std::move(*result);
}

// So that all versions are of one kind, those from the time before systemd-creds was there are
// encrypted too.
Result<void> encrypt_others(const fs::path& place, const std::string& name) {
    for (const auto& [version, done] : versions_in(place)) {
        const fs::path plain = place / version_file(version, false);
        if (!done) {
            SHOP_TRY(value, read_file(plain));
            const auto unreadable = encrypted(name, value);
            if (!unreadable)
                return fail(Code::failed_precondition,
                            "systemd-creds can't encrypt " + plain.string() + ".");
            SHOP_CHECK(write_file(place / version_file(version, true), *unreadable, 0600));
        }
        std::error_code error;
        fs::remove(plain, error);
        if (error)
            return fail(Code::internal, "cannot remove " + plain.string() + ": " + error.message());
    }
    return {};
}

Time changed_at(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    return Time(std::chrono::seconds(status.st_mtim.tv_sec) +
                std::chrono::milliseconds(status.st_mtim.tv_nsec / 1'000'000));
}

}  // namespace

Secrets::Secrets(fs::path folder, fs::path etc)
    : folder_(std::move(folder)), etc_(std::move(etc)) {}

fs::path Secrets::place_of(const std::string& service, const std::string& name) const {
    return folder_ / (service + "." + name);
}

Result<std::int64_t> Secrets::set(const std::string& service, const std::string& name,
                                  std::string_view value) {
    SHOP_CHECK(check_secret_name(service));
    SHOP_CHECK(check_secret_name(name));
    SHOP_CHECK(check_secret_value(value));
    const fs::path place = place_of(service, name);
    SHOP_CHECK(make_lasting_folder(folder_, 0700));
    SHOP_CHECK(make_lasting_folder(place, 0700));
    const auto versions = versions_in(place);
    const std::int64_t next = versions.empty() ? 1 : versions.rbegin()->first + 1;
    const auto unreadable = encrypted(name, value);
    if (unreadable) SHOP_CHECK(encrypt_others(place, name));
    if (!unreadable && !versions.empty() && versions.rbegin()->second)
        return fail(Code::failed_precondition,
                    "The versions of " + name +
                        " so far are encrypted by systemd-creds, which is not there now or does "
                        "not work. Try: systemd-creds setup");
    SHOP_CHECK(write_file(place / version_file(next, unreadable.has_value()),
                          unreadable ? *unreadable : value, 0600));
    return next;
}

Result<std::int64_t> Secrets::rotate(const std::string& service, const std::string& name) {
    SHOP_CHECK(check_secret_name(service));
    SHOP_CHECK(check_secret_name(name));
    if (versions_in(place_of(service, name)).empty())
        return fail(Code::not_found, service + " has no secret " + name +
                                         ". Give it one with: shopctl secret set " + name +
                                         " --service " + service);
    return set(service, name, random_token(kRandomBytes));
}

Result<std::vector<SecretInfo>> Secrets::list() const {
    std::vector<SecretInfo> all;
    std::error_code error;
    const fs::directory_iterator places(folder_, error);
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Code::permission_denied, "cannot read " + folder_.string() + ": " +
                                                 error.message() + ". Run it as root.");
    for (const auto& entry : places) {
        const std::string file = entry.path().filename();
        const auto dot = file.find('.');
        const auto versions = versions_in(entry.path());
        if (dot == 0 || dot == file.npos || versions.empty()) continue;
        const auto& [newest, is_encrypted] = *versions.rbegin();
        all.push_back({.service = file.substr(0, dot),
                       .name = file.substr(dot + 1),
                       .version = newest,
                       .versions = static_cast<std::int64_t>(versions.size()),
                       .set_at = changed_at(entry.path() / version_file(newest, is_encrypted)),
                       .encrypted = is_encrypted});
    }
    std::ranges::sort(all, [](const SecretInfo& a, const SecretInfo& b) {
        return std::tie(a.service, a.name) < std::tie(b.service, b.name);
    });
    return all;
}

Result<std::vector<SecretVersion>> Secrets::newest(const std::string& service) const {
    SHOP_TRY(all, list());
    std::vector<SecretVersion> versions;
    for (const SecretInfo& info : all)
        if (info.service == service) versions.push_back({info.name, info.version});
    return versions;
}

Result<Secrets::Stored> Secrets::stored(const std::string& service,
                                        const SecretVersion& version) const {
    SHOP_CHECK(check_secret_name(service));
    SHOP_CHECK(check_secret_name(version.name));
    const fs::path place = place_of(service, version.name);
    const auto versions = versions_in(place);
    const auto found = versions.find(version.version);
    if (found == versions.end())
        return fail(Code::not_found, "Version " + std::to_string(version.version) + " of " +
                                         service + "'s secret " + version.name +
                                         " is not kept on this host. Set it again with: shopctl "
                                         "secret set " +
                                         version.name + " --service " + service);
    return Stored{place / version_file(found->first, found->second), found->second};
}

Result<std::string> Secrets::value(const std::string& service, const SecretVersion& version) const {
    SHOP_TRY(where, stored(service, version));
    SHOP_TRY(content, read_file(where.file));
    if (!where.encrypted) return std::move(content);
    return decrypted(version.name, content);
}

}  // namespace shop::cli::deploy
