#include "gateway/keys.hpp"

#include <fmt/format.h>

#include "base/file.hpp"
#include "gateway/render.hpp"

namespace shop::cli {
namespace {

std::filesystem::path copy_of(const GatewaySettings& settings, const auth::SigningKey& key) {
    return settings.key_copies / (key.key.kid() + ".pub");
}

}  // namespace

Result<std::string> render_with_keys(GatewaySettings settings) {
    auto keys = auth::signing_keys(settings.keys_dir, "userd");
    if (!keys)
        return fail(Code::failed_precondition,
                    "userd's public key is not to be had: " + keys.error().message +
                        " Name the folder that has userd.pub with --keys-dir.");
    settings.users_keys = *std::move(keys);
    SHOP_TRY(text, render_gateway(settings));
    SHOP_CHECK(make_folder(settings.key_copies, 0755));
    for (const auto& key : settings.users_keys) {
        const auto path = copy_of(settings, key);
        if (read_file(path).value_or("") != key.key.pem())
            SHOP_CHECK(write_file(path, key.key.pem(), 0644));
    }
    return std::move(text);
}

std::string key_lines(const GatewaySettings& settings) {
    std::string lines;
    const auto line = [&](const auth::SigningKey& key, const std::string& condition) {
        lines += fmt::format(
            "    http-request set-var(txn.signed) var(txn.token),jwt_verify(ES256,{}) if "
            "token_new {}\n",
            copy_of(settings, key).string(), condition);
    };
    // A name may begin with a dash, as an option does: hence the two before it.
    for (const auto& key : settings.users_keys)
        line(key, fmt::format("{{ var(txn.kid) -m str -- {} }}", key.key.kid()));
    if (!settings.users_keys.empty()) line(settings.users_keys.front(), "!token_names_key");
    return lines;
}

}  // namespace shop::cli
