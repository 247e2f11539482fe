// Access tokens: JWTs (RFC 7519) signed with ES256, made by one daemon and verified by every other
// without asking.
//
// Every daemon has a key pair: `<keys>/<name>.key` (PEM, mode 0600) and `<keys>/<name>.pub`. userd
// signs for people, a service for itself. A verifier trusts the public keys that it finds in its
// folder: the issuer `userd` for users of any role, an issuer `X` only for the principal of service
// X.
//
// Claims: iss, sub (user id or service name), aud "shop", iat, exp, and for people num, name, role,
// sid.
//
// Thread safety: Signer and Verifier may be shared. Verified tokens are remembered until they
// expire (bounded), since verifying one for the first time takes half a
// millisecond: libjwt parses the key from its PEM text each time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "auth/principal.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::auth {

// Makes the key pair of `name` where the folder has none. Idempotent, and safe when several
// processes start at once.
Result<void> ensure_keys(const std::filesystem::path& folder, const std::string& name);

class Signer {
public:
    // Reads `<folder>/<name>.key`.
    static Result<std::unique_ptr<Signer>> open(const std::filesystem::path& folder,
                                                const std::string& name, const Clock& clock);
    virtual ~Signer() = default;
    // `principal.expires_at` becomes exp.
    virtual Result<std::string> sign(const Principal& principal) const = 0;
    // A token of this service itself (role "service:<name>"), renewed by itself before it ends.
    virtual Result<std::string> service_token() = 0;
};

class Verifier {
public:
    // Public keys are read when a token names an issuer that is not known yet (at most once a
    // second), so that daemons may start in any order.
    static std::unique_ptr<Verifier> open(const std::filesystem::path& folder, const Clock& clock);
    virtual ~Verifier() = default;
    // unauthenticated where anything is wrong with the token: form, algorithm (ES256 alone),
    // signature, issuer, audience, times. The message does not say which; `why` (may be null) does,
    // for the log.
    virtual Result<Principal> verify(std::string_view token, std::string* why = nullptr) = 0;
};

}  // namespace shop::auth
