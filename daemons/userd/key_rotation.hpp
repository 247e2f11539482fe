// Rotates userd's signing keys when it is time, or when somebody asks for it.
//
// The files change first and the event follows, so that no event tells of what did not happen; a
// crash between the two leaves a rotation that the list of keys alone shows.
//
// Thread safety: rotate_signing_keys() and check() from any thread; start() and stop() by the
// owner.
#pragma once

#include <chrono>

#include "api/signing_keys.hpp"
#include "auth/token.hpp"
#include "runtime/repeater.hpp"
#include "userd/store.hpp"

namespace shop::users {

Result<api::SigningKeyList> signing_key_list(const auth::Signer& signer);

// conflict where the last rotation is so fresh that tokens of the previous key may still be in use;
// an emergency does not ask.
Result<void> rotate_signing_keys(auth::Signer& signer, auth::Rotation how, Time now);
// The event, and with it the audit record, of a rotation that was.
void emit_rotated(events::Change& change, const api::SigningKeyList& keys, auth::Rotation how);

class KeyRotation {
public:
    // `days`: how long a key signs; 0: until somebody asks. The others outlive it.
    KeyRotation(store::Store& store, const Tables& tables, auth::Signer& signer, const Clock& clock,
                std::chrono::days days);

    // Checks at once, and then every hour.
    void start();
    void stop() { rounds_.stop(); }
    // Rotates where the current key has signed for long enough.
    void check();

private:
    Result<void> check_age();

    store::Store& store_;
    const Tables& tables_;
    auth::Signer& signer_;
    const Clock& clock_;
    const std::chrono::days days_;
    runtime::Repeater rounds_;
};

}  // namespace shop::users
