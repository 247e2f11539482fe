#include "userd/key_rotation.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "runtime/log.hpp"

namespace shop::users {
namespace {

constexpr std::chrono::hours kPause{1};
// So long tokens of a key may be in use after it signed the last one, with the clocks' difference.
constexpr auto kOverlap = limits::kAccessTokenLife + std::chrono::minutes(1);

}  // namespace

Result<api::SigningKeyList> signing_key_list(const auth::Signer& signer) {
    SHOP_TRY(keys, signer.keys());
    api::SigningKeyList list;
    for (const auto& one : keys)
        list.items.push_back({one.key.kid(), std::string(name_of(one.state)), one.since});
    return list;
}

Result<void> rotate_signing_keys(auth::Signer& signer, auth::Rotation how, Time now) {
    SHOP_TRY(keys, signer.keys());
    const auto previous =
        std::ranges::find(keys, auth::KeyState::previous, &auth::SigningKey::state);
    if (how == auth::Rotation::ordinary && previous != keys.end() &&
        now < previous->since + kOverlap)
        return fail(Code::conflict,
                    "The keys were rotated just now, and tokens of the previous one may still be "
                    "in use until " +
                        format_time(previous->since + kOverlap) +
                        ". Wait until then; if somebody may have the keys, rotate with \"now\".");
    return signer.rotate(how);
}

void emit_rotated(events::Change& change, const api::SigningKeyList& keys, auth::Rotation how) {
    Json data = schema::encode(keys);
    data["now"] = how == auth::Rotation::emergency;
    change.emit("signing_key.rotated", keys.items.at(0).kid, std::move(data));
}

KeyRotation::KeyRotation(store::Store& store, const Tables& tables, auth::Signer& signer,
                         const Clock& clock, std::chrono::days days)
    : store_(store), tables_(tables), signer_(signer), clock_(clock), days_(days) {}

void KeyRotation::start() {
    if (days_.count() == 0) return;
    rounds_.start([this](const std::stop_token&) {
        check();
        return Millis(kPause);
    });
}

void KeyRotation::check() {
    if (const auto done = check_age(); !done)
        log::error("the signing keys were not rotated; trying again in an hour",
                   {{"reason", done.error().message}});
}

Result<void> KeyRotation::check_age() {
    SHOP_TRY(before, signing_key_list(signer_));
    const events::Origin origin{.action = "signing_key_rotate", .now = clock_.now()};
    if (before.items.at(0).since + days_ > origin.now) return {};
    SHOP_CHECK(rotate_signing_keys(signer_, auth::Rotation::ordinary, origin.now));
    SHOP_TRY(after, signing_key_list(signer_));
    log::info("the signing keys were rotated", {{"current", after.items.at(0).kid}});
    return store_.write([&](store::Transaction& tx) -> Result<void> {
        events::Change change(tx, tables_.journal, origin);
        emit_rotated(change, after, auth::Rotation::ordinary);
        return {};
    });
}

}  // namespace shop::users
