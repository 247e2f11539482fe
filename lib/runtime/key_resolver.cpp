#include "runtime/key_resolver.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

#include "api/users.hpp"
#include "base/random.hpp"
#include "runtime/needs.hpp"

namespace shop::runtime {
namespace {

constexpr std::size_t kKeysMax = 4096;  // then the memory starts anew; about 1 MiB

struct Seen {
    auth::Principal principal;
    Time at{};
};

class Resolver {
public:
    Resolver(const api::ApiClient& users, const Clock& clock, const Revocations* revocations)
        : users_(users), clock_(clock), revocations_(revocations) {}

    Result<auth::Principal> resolve(std::string_view key) {
        const std::string hash = sha256(key);
        const Time now = clock_.now();
        const auto seen = find(hash);
        if (seen && revocations_ != nullptr) SHOP_CHECK(revocations_->check(seen->principal));
        if (seen && now - seen->at < fresh_for() && seen->principal.expires_at > now)
            return seen->principal;
        auto answer = ask(key);
        if (answer) {
            remember(hash, *answer, now);
            return answer;
        }
        const Code code = answer.error().code;
        const bool down = code == Code::unavailable || code == Code::timeout;
        if (down && seen && now - seen->at < kKeyStale && seen->principal.expires_at > now)
            return seen->principal;
        if (!down) forget(hash);
        return answer;
    }

private:
    std::chrono::seconds fresh_for() const {
        return revocations_ != nullptr && revocations_->current() ? kKeyFollowed : kKeyFresh;
    }
    Result<auth::Principal> ask(std::string_view key) const {
        static const auto& endpoint = users_needs().at("session_introspect");
        const auto found = users_.call<api::Introspection>(
            endpoint, {}, {.body = Json{{"token", std::string(key)}}});
        if (!found) return tl::make_unexpected(found.error());
        if (!found->active) return fail(Code::unauthenticated, "Sign in again: the key has ended.");
        return auth::Principal{found->user_id.value_or(""),
                               found->number.value_or(0),
                               found->username.value_or(""),
                               found->role.value_or(""),
                               found->session_id.value_or(""),
                               found->expires_at.value_or(Time{}),
                               found->scopes};
    }
    std::optional<Seen> find(const std::string& hash) {
        const std::lock_guard lock(mutex_);
        const auto at = seen_.find(hash);
        return at == seen_.end() ? std::nullopt : std::optional(at->second);
    }
    void remember(const std::string& hash, const auth::Principal& principal, Time now) {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= kKeysMax) seen_.clear();
        seen_[hash] = {principal, now};
    }
    void forget(const std::string& hash) {
        const std::lock_guard lock(mutex_);
        seen_.erase(hash);
    }

    const api::ApiClient& users_;
    const Clock& clock_;
    const Revocations* revocations_;
    std::mutex mutex_;
    std::unordered_map<std::string, Seen> seen_;
};

}  // namespace

KeyResolver make_key_resolver(const api::ApiClient& users, const Clock& clock,
                              const Revocations* revocations) {
    auto resolver = std::make_shared<Resolver>(users, clock, revocations);
    return [resolver](std::string_view key) { return resolver->resolve(key); };
}

}  // namespace shop::runtime
