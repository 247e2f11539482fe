#include "auth/statement.hpp"

#include <jwt.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <memory>
#include <vector>

#include "auth/keys.hpp"
#include "auth/signing_keys.hpp"
#include "base/text.hpp"

namespace shop::auth {
namespace {

constexpr std::size_t kStatementBytesMax = 4096;  // ours have 500

Failure no_statement(const std::string& why) {
    return fail(Code::unauthenticated, "The signature " + why + ".");
}

Result<Json> part_of_statement(std::string_view part) {
    const auto text = from_base64url(part);
    auto json = text ? parse_json(*text) : Result<Json>(no_statement("is not base64url"));
    if (json && json->is_object()) return json;
    return no_statement("can't be read");
}

Result<std::string> signed_by(const std::string& key_pem, const std::string& claims_json) {
    jwt_t* raw = nullptr;
    const bool made = jwt_new(&raw) == 0;
    const std::unique_ptr<jwt_t, decltype(&jwt_free)> jwt(raw, jwt_free);
    const auto* key = reinterpret_cast<const unsigned char*>(key_pem.data());
    if (!made || jwt_add_grants_json(raw, claims_json.c_str()) != 0 ||
        jwt_set_alg(raw, JWT_ALG_ES256, key, static_cast<int>(key_pem.size())) != 0)
        return fail(Code::internal, "a statement could not be made");
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), std::free);
    if (!text) return fail(Code::internal, "a statement could not be signed");
    return std::string(text.get());
}

}  // namespace

Result<std::string> sign_statement(const std::filesystem::path& folder, const std::string& name,
                                   std::string_view audience, Json claims) {
    assert(audience != "shop" && !claims.contains("aud"));
    claims["aud"] = audience;
    SHOP_TRY(key_pem, read_private_key(folder, name));
    return signed_by(key_pem, dump(claims));
}

Result<Json> read_statement(const std::filesystem::path& folder, const std::string& name,
                            std::string_view audience, const std::string& text) {
    const auto parts = split(text, '.');
    if (text.size() > kStatementBytesMax || parts.size() != 3)
        return no_statement("is no compact JWS");
    SHOP_TRY(header, part_of_statement(parts[0]));
    // Before the signature is looked at: a statement must not choose how it is verified.
    if (header.value("alg", Json()) != "ES256" || header.contains("crit"))
        return no_statement("is not one of ES256");
    SHOP_TRY(keys, signing_keys(folder, name));
    const auto signature = from_base64url(parts[2]);
    const std::string signed_text = text.substr(0, text.rfind('.'));
    const bool holds = signature && std::ranges::any_of(keys, [&](const SigningKey& key) {
                           return key.key.holds(signed_text, *signature);
                       });
    if (!holds) return no_statement("is not by a key of " + name);
    SHOP_TRY(claims, part_of_statement(parts[1]));
    if (claims.value("aud", Json()) != audience) return no_statement("is for something else");
    claims.erase("aud");
    return std::move(claims);
}

}  // namespace shop::auth
