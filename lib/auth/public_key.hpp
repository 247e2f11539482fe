// A public key on the curve P-256: what it is called, and whether a signature is its private key's.
//
// Thread safety: values; holds() may be called from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"

struct evp_pkey_st;

namespace shop::auth {

class PublicKey {
public:
    // failed_precondition where the text is anything but a key on P-256 in PEM.
    static Result<PublicKey> parse(std::string pem);

    const std::string& pem() const { return pem_; }
    // Its thumbprint (RFC 7638, SHA-256): 43 characters that follow from the key alone, so that two
    // keys never share one.
    const std::string& kid() const { return kid_; }
    // The point, as a JWK has it: 32 bytes each, in base64url.
    const std::string& x() const { return x_; }
    const std::string& y() const { return y_; }

    // Whether `signature` is one of ES256 (r and s, 32 bytes each; RFC 7518) for `text`.
    bool holds(std::string_view text, std::string_view signature) const;

private:
    std::shared_ptr<evp_pkey_st> key_;
    std::string pem_, kid_, x_, y_;
};

}  // namespace shop::auth
