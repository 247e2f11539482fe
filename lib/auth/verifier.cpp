#include <mutex>
#include <unordered_map>

#include "auth/claims.hpp"
#include "auth/keys.hpp"
#include "auth/token.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "schema/codec.hpp"

namespace shop::auth {
namespace {

using std::chrono::seconds;

constexpr std::size_t kTokenBytesMax = 4096;  // ours have 600
constexpr std::size_t kSignatureBytes = 64;   // of ES256: r and s, 32 bytes each
constexpr std::size_t kCacheEntriesMax = 4096;
constexpr std::int64_t kTimeMax = 253'402'300'799;  // the year 9999; later ones overflow Time

// Refusals of the functions below: their message is the reason for the log.
Failure refuse(std::string why) { return fail(Code::unauthenticated, std::move(why)); }

// A token taken apart; nothing of it is proven yet.
struct Parts {
    std::optional<std::string> kid;
    Claims claims;
    std::string_view signed_text;
    std::string signature;
};

Result<Json> read_part(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return refuse("not base64url");
    return parse_json(*text);
}

// The name of the key, where the header has one.
Result<std::optional<std::string>> read_header(std::string_view part) {
    SHOP_TRY(header, read_part(part));
    if (!header.is_object()) return refuse("the header is not an object");
    // Before the signature is looked at: a token must not choose how it is verified.
    const auto alg = header.find("alg");
    if (alg == header.end() || *alg != "ES256") return refuse("the algorithm is not ES256");
    if (header.contains("crit")) return refuse("the header has extensions");
    const auto kid = header.find("kid");
    if (kid == header.end()) return std::optional<std::string>();
    if (!kid->is_string()) return refuse("the key's name is no text");
    return std::optional<std::string>(kid->get<std::string>());
}

Result<Parts> take_apart(std::string_view token) {
    const auto parts = split(token, '.');
    if (parts.size() != 3) return refuse("not three parts");
    Parts out;
    SHOP_TRY(kid, read_header(parts[0]));
    out.kid = std::move(kid);
    out.signature = from_base64url(parts[2]).value_or("");
    if (out.signature.size() != kSignatureBytes) return refuse("no signature");
    out.signed_text = token.substr(0, token.rfind('.'));
    SHOP_TRY(json, read_part(parts[1]));
    SHOP_CHECK(
        schema::decode_into(json, schema::type_of<Claims>(), schema::Mode::stored, &out.claims));
    return out;
}

std::optional<std::vector<std::string>> scopes_of(const std::optional<std::string>& claim) {
    if (!claim) return std::nullopt;
    std::vector<std::string> scopes;
    for (const auto name : split(*claim, ' '))
        if (!name.empty()) scopes.emplace_back(name);
    return scopes;
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
    // A role of the shop's own is known by its scopes alone.
    if (role.empty() || role.starts_with(kServicePrefix) || (!claims.scope && !find_role(role)))
        return refuse("the role is none of a user");
    return Principal{.user_id = claims.sub,
                     .number = claims.num.value_or(0),
                     .username = claims.name.value_or(""),
                     .role = role,
                     .session_id = claims.sid.value_or(""),
                     .expires_at = expires_at,
                     .scopes = scopes_of(claims.scope)};
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
    // What is known of one signer: its current key is the first one.
    struct Issuer {
        std::vector<std::shared_ptr<const PublicKey>> keys;
        std::string stamp;              // of its files
        std::optional<Time> missed_at;  // when they were read for a key that was not there
    };
    struct Found {
        std::shared_ptr<const PublicKey> key;
        std::uint64_t generation;
    };

    Result<Principal> check(std::string_view token) {
        if (token.size() > kTokenBytesMax) return refuse("too long");
        const std::string digest = sha256(token);
        const Time now = clock_.now();
        if (auto known = recall(digest, now)) {
            if (known->expires_at <= now) return refuse("expired");
            return *std::move(known);
        }
        SHOP_TRY(parts, take_apart(token));
        SHOP_TRY(found, find_key(parts.claims.iss, parts.kid, now));
        if (!found.key->holds(parts.signed_text, parts.signature))
            return refuse("the signature does not hold");
        SHOP_TRY(principal, principal_of(parts.claims, now));
        remember(digest, principal, now, found.generation);
        return std::move(principal);
    }

    // Issuers are a closed set, and names of keys are compared with those of the keys that are
    // there: what a stranger writes into a token never becomes a path.
    Result<Found> find_key(const std::string& name, const std::optional<std::string>& kid,
                           Time now) {
        if (find_role(std::string(kServicePrefix) + name) == nullptr)
            return refuse("unknown issuer");
        const std::lock_guard lock(mutex_);
        Issuer& issuer = issuers_[name];
        auto key = pick(issuer, kid);
        if (!key && (!issuer.missed_at || is_due(*issuer.missed_at, now))) {
            issuer.missed_at = now;
            read_keys(name, issuer);
            key = pick(issuer, kid);
        }
        if (key) return Found{std::move(key), generation_};
        return refuse(issuer.keys.empty() ? "no public key of " + name : "unknown key of " + name);
    }

    // A token without a key's name is from before keys had names: the current one signed it.
    static std::shared_ptr<const PublicKey> pick(const Issuer& issuer,
                                                 const std::optional<std::string>& kid) {
        for (const auto& key : issuer.keys)
            if (!kid || key->kid() == *kid) return key;
        return nullptr;
    }

    // Under mutex_. What can't be read now, for want of a descriptor say, stays as it is known.
    void read_keys(const std::string& name, Issuer& issuer) {
        std::string stamp = keys_stamp(folder_, name);
        if (stamp == issuer.stamp) return;
        const auto found = signing_keys(folder_, name);
        if (!found && found.error().code != Code::not_found) return;
        issuer.stamp = std::move(stamp);
        issuer.keys.clear();
        if (found)
            for (const SigningKey& one : *found)
                issuer.keys.push_back(std::make_shared<const PublicKey>(one.key));
        // What a key that has gone signed is not good any more.
        verified_.clear();
        ++generation_;
    }

    std::optional<Principal> recall(const std::string& digest, Time now) {
        const std::lock_guard lock(mutex_);
        if (is_due(looked_at_, now)) {
            looked_at_ = now;
            for (auto& [name, issuer] : issuers_) read_keys(name, issuer);
        }
        const auto entry = verified_.find(digest);
        if (entry == verified_.end()) return std::nullopt;
        return entry->second;
    }

    void remember(const std::string& digest, const Principal& principal, Time now,
                  std::uint64_t generation) {
        const std::lock_guard lock(mutex_);
        if (generation != generation_) return;  // the key may have gone meanwhile
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
    // All that follows is guarded by mutex_.
    std::map<std::string, Issuer> issuers_;
    Time looked_at_{};                                     // at the files
    std::uint64_t generation_ = 0;                         // goes up when keys change
    std::unordered_map<std::string, Principal> verified_;  // by digest of the token
};

}  // namespace

std::unique_ptr<Verifier> Verifier::open(const std::filesystem::path& folder, const Clock& clock) {
    return std::make_unique<FileVerifier>(folder, clock);
}

}  // namespace shop::auth
