#include "auth/token.hpp"

#include <fmt/format.h>
#include <jwt.h>

#include <cstdlib>
#include <mutex>

#include "auth/claims.hpp"
#include "auth/keys.hpp"
#include "base/limits.hpp"
#include "schema/codec.hpp"

namespace shop::auth {
namespace {

using std::chrono::seconds;
using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

struct PrivateKey {
    std::string pem;
    std::string kid;
};

Result<std::string> encode_token(const std::string& claims_json, const PrivateKey& key) {
    jwt_t* raw = nullptr;
    const bool made = jwt_new(&raw) == 0;
    const Jwt jwt(raw, jwt_free);
    if (!made || jwt_add_header(raw, "kid", key.kid.c_str()) != 0 ||
        jwt_add_grants_json(raw, claims_json.c_str()) != 0 ||
        jwt_set_alg(raw, JWT_ALG_ES256, reinterpret_cast<const unsigned char*>(key.pem.data()),
                    static_cast<int>(key.pem.size())) != 0)
        return fail(Code::internal, "an access token could not be made");
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), std::free);
    if (!text) return fail(Code::internal, "an access token could not be signed");
    return std::string(text.get());
}

Result<std::shared_ptr<const PrivateKey>> load_key(const std::filesystem::path& folder,
                                                   const std::string& name) {
    SHOP_TRY(pem, read_private_key(folder, name));
    SHOP_TRY(public_pem, derive_public_key(pem));
    SHOP_TRY(key, PublicKey::parse(std::move(public_pem)));
    return std::make_shared<const PrivateKey>(PrivateKey{std::move(pem), key.kid()});
}

class FileSigner final : public Signer {
public:
    FileSigner(std::filesystem::path folder, std::string name,
               std::shared_ptr<const PrivateKey> key, const Clock& clock)
        : folder_(std::move(folder)),
          name_(std::move(name)),
          clock_(clock),
          key_(std::move(key)),
          looked_at_(clock.now()) {}

    Result<std::string> sign(const Principal& principal) const override {
        return sign_with(*key(), principal);
    }

    Result<std::string> service_token() override {
        const auto key_now = key();
        const std::lock_guard lock(mutex_);
        const Time now = clock_.now();
        if (service_token_kid_ != key_now->kid ||
            service_token_end_ - now < limits::kAccessTokenLife / 4) {
            const Time end = now + limits::kAccessTokenLife;
            SHOP_TRY(token, sign_with(*key_now, {.user_id = name_, .expires_at = end}));
            service_token_ = std::move(token);
            service_token_kid_ = key_now->kid;
            service_token_end_ = end;
        }
        return service_token_;
    }

    // Read again where a file has changed: to parse keys takes longer than a small request.
    Result<std::vector<SigningKey>> keys() const override {
        const std::lock_guard lock(mutex_);
        std::string stamp = keys_stamp(folder_, name_);
        if (stamp == stamp_) return keys_;
        SHOP_TRY(fresh, signing_keys(folder_, name_));
        keys_ = std::move(fresh);
        stamp_ = std::move(stamp);
        return keys_;
    }

    Result<void> rotate(Rotation how) override {
        const std::lock_guard lock(mutex_);
        SHOP_CHECK(rotate_keys(folder_, name_, how));
        SHOP_TRY(fresh, load_key(folder_, name_));
        key_ = std::move(fresh);
        return {};
    }

private:
    // The key in use. Its file is looked at once a second: another process may have rotated. Where
    // it can't be read, the key that is known goes on.
    std::shared_ptr<const PrivateKey> key() const {
        const std::lock_guard lock(mutex_);
        const Time now = clock_.now();
        if (!is_due(looked_at_, now)) return key_;
        looked_at_ = now;
        const auto pem = read_private_key(folder_, name_);
        if (!pem || *pem == key_->pem) return key_;
        if (auto fresh = load_key(folder_, name_)) key_ = *std::move(fresh);
        return key_;
    }

    Result<std::string> sign_with(const PrivateKey& key, const Principal& principal) const {
        Claims claims{.iss = name_, .sub = principal.user_id, .aud = std::string(kAudience)};
        claims.iat = seconds_of(clock_.now());
        claims.exp = seconds_of(principal.expires_at);
        if (principal.user_id != name_) {
            claims.num = principal.number;
            claims.name = principal.username;
            claims.role = principal.role;
            claims.sid = principal.session_id;
            if (principal.scopes)
                claims.scope = fmt::format("{}", fmt::join(*principal.scopes, " "));
        }
        return encode_token(schema::encode_text(claims), key);
    }

    static std::int64_t seconds_of(Time time) {
        return std::chrono::floor<seconds>(time).time_since_epoch().count();
    }

    const std::filesystem::path folder_;
    const std::string name_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const PrivateKey> key_;  // guarded by mutex_, as is what follows
    mutable Time looked_at_;
    mutable std::vector<SigningKey> keys_;
    mutable std::string stamp_;  // of the files that keys_ are from
    std::string service_token_;
    std::string service_token_kid_;
    Time service_token_end_{};
};

}  // namespace

Result<std::unique_ptr<Signer>> Signer::open(const std::filesystem::path& folder,
                                             const std::string& name, const Clock& clock) {
    SHOP_TRY(key, load_key(folder, name));
    return std::make_unique<FileSigner>(folder, name, std::move(key), clock);
}

}  // namespace shop::auth
