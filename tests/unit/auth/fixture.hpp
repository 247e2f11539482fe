// Keys, a clock and tokens for the tests of lib/auth, good ones and forged ones.
#pragma once

#include <jwt.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "auth/token.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "support/temp_folder.hpp"

namespace shop::auth::test {

using namespace std::chrono_literals;

using shop::test::TempFolder;

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

inline const Time kStart = Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)) + 10h;
inline const std::string kUserId = "usr_0193a5e0c4b77000800000000000000a";

// A folder with the key pairs of userd and orderd.
struct House {
    TempFolder folder;
    ManualClock clock{kStart};

    House() {
        for (const auto* name : {"userd", "orderd"})
            if (const auto made = ensure_keys(folder.path(), name); !made)
                throw std::runtime_error(made.error().message);
    }
    std::unique_ptr<Signer> signer(const std::string& name) const {
        return must(Signer::open(folder.path(), name, clock));
    }
    std::unique_ptr<Verifier> verifier() const { return Verifier::open(folder.path(), clock); }
    std::string key(const std::string& file) const { return must(read_file(folder.path() / file)); }

    Principal ada(const std::string& role = "customer") const {
        return {.user_id = kUserId,
                .number = 7,
                .username = "ada",
                .role = role,
                .session_id = "ses_1",
                .expires_at = clock.now() + 10min};
    }
    // What userd would claim for Ada, to be spoilt.
    Json claims() const {
        const auto now =
            std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
        return {{"iss", "userd"}, {"sub", kUserId},     {"aud", "shop"},
                {"iat", now},     {"exp", now + 600},   {"num", 7},
                {"name", "ada"},  {"role", "customer"}, {"sid", "ses_1"}};
    }
};

// A token with any claims, algorithm and key, made by libjwt as an attacker would.
inline std::string forge(const Json& claims, jwt_alg_t alg, const std::string& key,
                         const char* extra_header = nullptr, const std::string& value = "x") {
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) throw std::runtime_error("jwt_new failed");
    const std::unique_ptr<jwt_t, decltype(&jwt_free)> jwt(raw, jwt_free);
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
    if (extra_header != nullptr) jwt_add_header(raw, extra_header, value.c_str());
    const bool none = alg == JWT_ALG_NONE;
    if (jwt_add_grants_json(raw, dump(claims).c_str()) != 0 ||
        jwt_set_alg(raw, alg, none ? nullptr : bytes, none ? 0 : static_cast<int>(key.size())) != 0)
        throw std::runtime_error("libjwt refuses the claims or the key");
    char* text = jwt_encode_str(raw);
    if (text == nullptr) throw std::runtime_error("jwt_encode_str failed");
    std::string token(text);
    std::free(text);
    return token;
}

// Why the verifier refuses the token; "accepted" where it does not.
inline std::string reason(Verifier& verifier, const std::string& token) {
    std::string why;
    const auto principal = verifier.verify(token, &why);
    if (principal) return "accepted";
    if (principal.error().code != Code::unauthenticated) return "not unauthenticated";
    return why;
}

}  // namespace shop::auth::test
