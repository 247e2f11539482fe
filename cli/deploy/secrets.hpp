// Secrets of a host's services, in versions: a release names the versions that it was tried with,
// and a way back brings the former ones.
//
// On disk: FOLDER/<service>.<name>/<version>.cred, encrypted by systemd-creds with the host's key
// where that program is there and works, else FOLDER/<service>.<name>/<version>, as it is; both for
// root alone. All versions of a secret are of one kind. A service gets a version as the credential
// <name> from /etc/credstore.encrypted/shop-<service>.<name> (or /etc/credstore/…, not encrypted):
// its unit has to say LoadCredentialEncrypted= (or LoadCredential=), since neither of the two looks
// at what the other is for.
//
// Thread safety: one thread; between processes the lock (lock.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "deploy/release.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

struct SecretInfo {
    std::string service;
    std::string name;
    std::int64_t version = 0;   // the newest
    std::int64_t versions = 0;  // how many are kept
    Time set_at{};
    bool encrypted = false;
};

class Secrets {
public:
    // `etc` is where the credential folders are: "/etc".
    Secrets(std::filesystem::path folder, std::filesystem::path etc = "/etc");

    // A new version; its number. The value is never printed, logged or given as an argument.
    // invalid_argument for names other than [a-z0-9-]{1,64}, empty values, more than 64 KiB;
    // failed_precondition where the versions before are encrypted, and this one can't be.
    Result<std::int64_t> set(const std::string& service, const std::string& name,
                             std::string_view value);
    // A new version with 32 random bytes in base64url. not_found where there is no such secret.
    Result<std::int64_t> rotate(const std::string& service, const std::string& name);
    Result<std::vector<SecretInfo>> list() const;
    // The newest version of each secret of the service, by name.
    Result<std::vector<SecretVersion>> newest(const std::string& service) const;
    // The value of a version, for those who have no credentials. not_found where it is not kept.
    Result<std::string> value(const std::string& service, const SecretVersion& version) const;

    // Puts these versions where the service's credentials are read, and removes those that were put
    // there before and are not among them. Repeatable, also after a crash. What the owner put there
    // by hand stays, or comes back when a version that took its place is removed. not_found where a
    // version is not kept: then nothing is changed.
    Result<void> install(const std::string& service,
                         const std::vector<SecretVersion>& versions) const;

private:
    struct Stored {
        std::filesystem::path file;
        bool encrypted = false;
    };
    struct Placed {
        std::filesystem::path path;
        std::string content;
    };
    // Its folder.
    std::filesystem::path place_of(const std::string& service, const std::string& name) const;
    Result<Stored> stored(const std::string& service, const SecretVersion& version) const;
    Result<std::vector<Placed>> wanted(const std::string& service,
                                       const std::vector<SecretVersion>& versions) const;

    std::filesystem::path folder_;
    std::filesystem::path etc_;
};

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::SecretInfo>();
// clang-format on
}  // namespace shop::schema
