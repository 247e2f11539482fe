// Access tokens: JWTs (RFC 7519) signed with ES256, made by one daemon and verified by every other
// without asking.
//
// Every daemon has a key pair: `<keys>/<name>.key` (PEM, mode 0600) and `<keys>/<name>.pub`; that
// of userd is rotated (signing_keys.hpp). userd signs for people, a service for itself. A verifier
// trusts the public keys that it finds in its folder: the issuer `userd` for users of any role, an
// issuer `X` only for the principal of service X. The header names the key (kid).
//
// Claims: iss, sub (user id or service name), aud "shop", iat, exp, and for people num, name, role,
// sid, and scope where it is not all that a built-in role may.
//
// Thread safety: Signer and Verifier may be shared. Verified tokens are remembered until they
// expire (bounded) or a key changes: to verify one for the first time takes forty times longer.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "auth/principal.hpp"
#include "auth/signing_keys.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::auth {

// Makes what of the keys of `name` is missing, and mends what a rotation that was cut off left.
// Idempotent, and safe when several processes start at once.
Result<void> ensure_keys(const std::filesystem::path& folder, const std::string& name);

class Signer {
public:
    // Reads `<folder>/<name>.key`, and again once a second, so that a rotation by another process
    // counts.
    static Result<std::unique_ptr<Signer>> open(const std::filesystem::path& folder,
                                                const std::string& name, const Clock& clock);
    virtual ~Signer() = default;
    // `principal.expires_at` becomes exp.
    virtual Result<std::string> sign(const Principal& principal) const = 0;
    // A token of this service itself (role "service:<name>"), renewed by itself before it ends.
    virtual Result<std::string> service_token() = 0;
    // Its keys: see signing_keys.hpp.
    virtual Result<std::vector<SigningKey>> keys() const = 0;
    // The next token has the new key.
    virtual Result<void> rotate(Rotation how) = 0;
};

class Verifier {
public:
    // Public keys are read when a token names an issuer or a key that is not known yet (at most
    // once a second), so that daemons may start in any order; and looked at once a second, so that
    // a key that was taken away is not good any longer than that.
    static std::unique_ptr<Verifier> open(const std::filesystem::path& folder, const Clock& clock);
    virtual ~Verifier() = default;
    // unauthenticated where anything is wrong with the token: form, algorithm (ES256 alone),
    // signature, issuer, audience, times. The message does not say which; `why` (may be null) does,
    // for the log.
    virtual Result<Principal> verify(std::string_view token, std::string* why = nullptr) = 0;
};

}  // namespace shop::auth
