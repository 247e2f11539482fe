#include "deploy/buyer_account.hpp"

#include "api/endpoint.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/secret_file.hpp"
#include "base/text.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::deploy::BuyerAccount>() {
    using T = cli::deploy::BuyerAccount;
    static const StructType type{
        "BuyerAccount",
        "Who buys during deployments.",
        {field<&T::username>("username", "The account's name.", Required{}, Length{1, 40}),
         field<&T::password>("password", "Its password.", Required{}, Length{1, 256})}};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {
namespace {

constexpr const char* kUsername = "shop-deploy-check";
constexpr std::size_t kPasswordBytes = 24;
constexpr std::size_t kSuffixBytes = 4;
constexpr int kNamesMax = 4;

// `suffix` keeps the name and the address apart from those of former accounts.
Json registration(const BuyerAccount& account, const std::string& suffix) {
    return {{"username", account.username},
            // RFC 2606: no mail ever gets there.
            {"email", "deploy-check" + suffix + "@shop.invalid"},
            {"first_name", "Deployment"},
            {"last_name", "check"},
            {"password", account.password}};
}

}  // namespace

Result<std::optional<BuyerAccount>> read_account(const std::filesystem::path& file) {
    auto text = read_secret_file(file);
    if (!text && text.error().code == Code::not_found) return std::nullopt;
    if (!text) return tl::make_unexpected(text.error());
    SHOP_TRY(account, schema::decode_text<BuyerAccount>(*text, schema::Mode::stored));
    return account;
}

Result<BuyerAccount> register_account(const api::ApiClient& users,
                                      const std::filesystem::path& file) {
    std::string suffix;
    for (int tries = 1;; ++tries) {
        const BuyerAccount account{kUsername + suffix, random_token(kPasswordBytes)};
        const auto made =
            users.send(api::users_service().at("user_create"), {},
                       {.body = registration(account, suffix), .idempotency_key = new_id("key")});
        if (made) {
            SHOP_CHECK(write_file(file, schema::encode_text(account), 0600));
            return account;
        }
        if (made.error().code != Code::already_exists || tries == kNamesMax)
            return tl::make_unexpected(made.error());
        suffix = "-" + to_hex(random_bytes(kSuffixBytes));
    }
}

}  // namespace shop::cli::deploy
