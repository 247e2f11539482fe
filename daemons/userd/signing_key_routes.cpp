#include "userd/key_rotation.hpp"
#include "userd/routes.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;

Result<Reply> show_signing_keys(const Parts& parts, Call&) {
    SHOP_TRY(list, signing_key_list(parts.signer));
    return Reply::json(list);
}

// The files change before the transaction: its work has no effect but through the Change.
Result<Reply> signing_key_rotate(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::RotateRequest>());
    SHOP_TRY(kept, call.kept_answer());
    if (kept) return std::move(*kept);
    const auto how = input.now ? auth::Rotation::emergency : auth::Rotation::ordinary;
    SHOP_CHECK(rotate_signing_keys(parts.signer, how, call.now()));
    SHOP_TRY(list, signing_key_list(parts.signer));
    return call.commit([&](Change& change) -> Result<Reply> {
        emit_rotated(change, list, how);
        return Reply::json(list);
    });
}

// RFC 7517. Whoever verifies tokens elsewhere may keep it for a minute.
Result<Reply> jwks(const Parts& parts, Call& call) {
    SHOP_TRY(keys, parts.signer.keys());
    Json set = Json::array();
    for (const auto& one : keys)
        set.push_back({{"kty", "EC"},
                       {"crv", "P-256"},
                       {"kid", one.key.kid()},
                       {"alg", "ES256"},
                       {"use", "sig"},
                       {"x", one.key.x()},
                       {"y", one.key.y()}});
    Reply reply =
        Reply::text(dump(Json{{"keys", std::move(set)}}), std::string(call.endpoint().media));
    reply.headers.set("cache-control", "public, max-age=60");
    return reply;
}

}  // namespace

void bind_signing_key_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"signing_key_list", show_signing_keys},
                 {"signing_key_rotate", signing_key_rotate},
                 {"jwks", jwks}});
}

}  // namespace shop::users
