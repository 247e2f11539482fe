#include "auth/token.hpp"

#include <fmt/format.h>
#include <jwt.h>

#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "auth/keys.hpp"
#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "schema/codec.hpp"

namespace shop::auth {
namespace {

using std::chrono::seconds;

constexpr std::size_t kTokenBytesMax = 4096;  // ours have 500
constexpr std::size_t kSignatureBytes = 64;   // of ES256: r and s, 32 bytes each
constexpr std::size_t kCacheEntriesMax = 4096;
constexpr auto kClockSkew = seconds(60);  // between two machines
constexpr auto kKeyRetry = seconds(1);
constexpr std::int64_t kTimeMax = 253'402'300'799;  // the year 9999; later ones overflow Time
constexpr std::string_view kAudience = "shop";
constexpr std::string_view kServicePrefix = "service:";
constexpr std::string_view kUserIssuer = "userd";

struct Claims {
    std::string iss;
    std::string sub;
    std::string aud;
    std::int64_t iat = 0;  // seconds since 1970, as is exp
    std::int64_t exp = 0;
    std::optional<std::int64_t> num;
    std::optional<std::string> name;
    std::optional<std::string> role;
    std::optional<std::string> sid;
};

}  // namespace
}  // namespace shop::auth

namespace shop::schema {

using auth::Claims;

template <>
const StructType& type_of<Claims>() {
    static const StructType type{"Claims",
                                 "What an access token says.",
                                 {
                                     field<&Claims::iss>("iss", "The service that signed it."),
                                     field<&Claims::sub>("sub", "Id of the user, or the service."),
                                     field<&Claims::aud>("aud", "Whom it is for."),
                                     field<&Claims::iat>("iat", "When it was signed."),
                                     field<&Claims::exp>("exp", "When it ends."),
                                     field<&Claims::num>("num", "The user's number."),
                                     field<&Claims::name>("name", "The user's name."),
                                     field<&Claims::role>("role", "The user's role."),
                                     field<&Claims::sid>("sid", "The user's session."),
                                 }};
    return type;
}

}  // namespace shop::schema

namespace shop::auth {
namespace {

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Result<std::string> encode_token(const std::string& claims_json, const std::string& key_pem) {
    jwt_t* raw = nullptr;
    const bool made = jwt_new(&raw) == 0;
    const Jwt jwt(raw, jwt_free);
    if (!made || jwt_add_grants_json(raw, claims_json.c_str()) != 0 ||
        jwt_set_alg(raw, JWT_ALG_ES256, bytes_of(key_pem), static_cast<int>(key_pem.size())) != 0)
        return fail(Code::internal, "an access token could not be made");
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), std::free);
    if (!text) return fail(Code::internal, "an access token could not be signed");
    return std::string(text.get());
}

bool signature_holds(const std::string& token, const std::string& key_pem) {
    jwt_t* raw = nullptr;
    const int error =
        jwt_decode(&raw, token.c_str(), bytes_of(key_pem), static_cast<int>(key_pem.size()));
    const Jwt jwt(error == 0 ? raw : nullptr, jwt_free);
    return jwt && jwt_get_alg(jwt.get()) == JWT_ALG_ES256;
}

class FileSigner final : public Signer {
public:
    FileSigner(std::string name, std::string key_pem, const Clock& clock)
        : name_(std::move(name)), key_pem_(std::move(key_pem)), clock_(clock) {}

    Result<std::string> sign(const Principal& principal) const override {
        Claims claims{.iss = name_, .sub = principal.user_id, .aud = std::string(kAudience)};
        claims.iat = seconds_of(clock_.now());
        claims.exp = seconds_of(principal.expires_at);
        if (principal.user_id != name_) {
            claims.num = principal.number;
            claims.name = principal.username;
            claims.role = principal.role;
            claims.sid = principal.session_id;
        }
        return encode_token(schema::encode_text(claims), key_pem_);
    }

    Result<std::string> service_token() override {
        const std::lock_guard lock(mutex_);
        const Time now = clock_.now();
        if (service_token_.empty() || service_token_end_ - now < limits::kAccessTokenLife / 4) {
            const Time end = now + limits::kAccessTokenLife;
            SHOP_TRY(token, sign({.user_id = name_, .expires_at = end}));
            service_token_ = std::move(token);
            service_token_end_ = end;
        }
        return service_token_;
    }

private:
    static std::int64_t seconds_of(Time time) {
        return std::chrono::floor<seconds>(time).time_since_epoch().count();
    }

    const std::string name_;
    const std::string key_pem_;
    const Clock& clock_;
    std::mutex mutex_;
    std::string service_token_;  // guarded by mutex_
    Time service_token_end_{};   // guarded by mutex_
};

// Refusals of the functions below: their message is the reason for the log.
Failure refuse(std::string why) { return fail(Code::unauthenticated, std::move(why)); }

Result<Json> read_part(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return refuse("not base64url");
    return parse_json(*text);
}

// What the token claims; nothing of it is proven yet.
Result<Claims> read_claims(std::string_view token) {
    const auto parts = split(token, '.');
    if (parts.size() != 3) return refuse("not three parts");
    SHOP_TRY(header, read_part(parts[0]));
    if (!header.is_object()) return refuse("the header is not an object");
    // Before the signature is looked at: a token must not choose how it is verified.
    const auto alg = header.find("alg");
    if (alg == header.end() || *alg != "ES256") return refuse("the algorithm is not ES256");
    if (header.contains("crit")) return refuse("the header has extensions");
    const auto signature = from_base64url(parts[2]);
    if (!signature || signature->size() != kSignatureBytes) return refuse("no signature");
    SHOP_TRY(json, read_part(parts[1]));
    Claims claims;
    SHOP_CHECK(schema::decode_into(json, schema::type_of<Claims>(), schema::Mode::stored, &claims));
    return claims;
}

Result<Principal> principal_of(const Claims& claims, Time now) {
    if (claims.aud != kAudience) return refuse("another audience");
    if (claims.exp <= 0 || claims.exp > kTimeMax) return refuse("no usable exp");
    if (claims.iat <= 0 || claims.iat > kTimeMax) return refuse("no usable iat");
    const Time expires_at{seconds(claims.exp)};
    if (expires_at <= now) return refuse("expired");
    if (Time(seconds(claims.iat)) > now + kClockSkew) return refuse("from the future");
    if (claims.sub == claims.iss)
        return Principal{.user_id = claims.sub,
                         .username = claims.sub,
                         .role = std::string(kServicePrefix) + claims.sub,
                         .expires_at = expires_at};
    if (claims.iss != kUserIssuer) return refuse("a service speaks for somebody else");
    if (!is_id(claims.sub, "usr")) return refuse("the subject is no user");
    const std::string role = claims.role.value_or("");
    if (role.starts_with(kServicePrefix) || find_role(role) == nullptr)
        return refuse("the role is none of a user");
    return Principal{.user_id = claims.sub,
                     .number = claims.num.value_or(0),
                     .username = claims.name.value_or(""),
                     .role = role,
                     .session_id = claims.sid.value_or(""),
                     .expires_at = expires_at};
}

class FileVerifier final : public Verifier {
public:
    FileVerifier(std::filesystem::path folder, const Clock& clock)
        : folder_(std::move(folder)), clock_(clock) {}

    Result<Principal> verify(std::string_view token, std::string* why) override {
        auto principal = check(token);
        if (principal) return principal;
        if (why != nullptr) *why = std::move(principal.error().message);
        return fail(Code::unauthenticated,
                    "the access token is not valid (any more); sign in again");
    }

private:
    struct IssuerKey {
        std::string pem;  // empty: not found yet
        std::optional<Time> tried_at;
    };

    Result<Principal> check(std::string_view token) {
        if (token.size() > kTokenBytesMax) return refuse("too long");
        const std::string digest = sha256(token);
        const Time now = clock_.now();
        if (auto known = recall(digest)) {
            if (known->expires_at <= now) return refuse("expired");
            return *std::move(known);
        }
        SHOP_TRY(claims, read_claims(token));
        SHOP_TRY(key, public_key(claims.iss, now));
        if (!signature_holds(std::string(token), key)) return refuse("the signature does not hold");
        SHOP_TRY(principal, principal_of(claims, now));
        remember(digest, principal, now);
        return std::move(principal);
    }

    // Issuers are a closed set: what a stranger writes into a token never becomes a path.
    Result<std::string> public_key(const std::string& issuer, Time now) {
        if (find_role(std::string(kServicePrefix) + issuer) == nullptr)
            return refuse("unknown issuer");
        const std::lock_guard lock(mutex_);
        IssuerKey& key = keys_[issuer];
        if (!key.pem.empty()) return key.pem;
        // A clock that was set back must not stop the reading.
        if (key.tried_at && now >= *key.tried_at && now - *key.tried_at < kKeyRetry)
            return refuse("no public key of " + issuer);
        key.tried_at = now;
        SHOP_TRY(pem, read_public_key(folder_, issuer));
        key.pem = std::move(pem);
        return key.pem;
    }

    std::optional<Principal> recall(const std::string& digest) {
        const std::lock_guard lock(mutex_);
        const auto entry = verified_.find(digest);
        if (entry == verified_.end()) return std::nullopt;
        return entry->second;
    }

    void remember(const std::string& digest, const Principal& principal, Time now) {
        const std::lock_guard lock(mutex_);
        if (verified_.size() >= kCacheEntriesMax)
            std::erase_if(verified_,
                          [&](const auto& entry) { return entry.second.expires_at <= now; });
        // So many live ones are rare, and verifying each once more is cheap.
        if (verified_.size() >= kCacheEntriesMax) verified_.clear();
        verified_.emplace(digest, principal);
    }

    const std::filesystem::path folder_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, IssuerKey> keys_;                // guarded by mutex_
    std::unordered_map<std::string, Principal> verified_;  // by digest of the token; by mutex_
};

}  // namespace

Result<std::unique_ptr<Signer>> Signer::open(const std::filesystem::path& folder,
                                             const std::string& name, const Clock& clock) {
    SHOP_TRY(key_pem, read_private_key(folder, name));
    return std::make_unique<FileSigner>(name, std::move(key_pem), clock);
}

std::unique_ptr<Verifier> Verifier::open(const std::filesystem::path& folder, const Clock& clock) {
    return std::make_unique<FileVerifier>(folder, clock);
}

}  // namespace shop::auth
