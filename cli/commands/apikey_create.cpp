
#include "all.hpp"
#include "apikey_options.hpp"

namespace shop::cli {
namespace {

struct KeyOptions {
    std::string name;
    std::vector<std::string> scopes;
    std::int64_t days = api::kKeyDaysDefault;
};

}  // namespace

Command apikey_create() {
    return {
        "apikey create", "Make an API key for a program", [](Args& args) -> Run {
            auto key = std::make_shared<KeyOptions>();
            args.text("name", key->name, "What it is for").required();
            args.texts("--scope", key->scopes, "A right that it has; several").required();
            args.integer("--days", key->days, "How long it lives", 1, api::kKeyDaysMax);
            auto output = std::make_shared<SecretOutput>(args);
            return [key, output](Shell& shell) -> Result<int> {
                SHOP_CHECK(output->check());
                const Json body{{"name", key->name}, {"scopes", key->scopes}, {"days", key->days}};
                SHOP_TRY(made,
                         shell.call(api::users_service(), "api_key_create", {}, {.body = body}));
                return output->print(shell, std::move(made));
            };
        }};
}

}  // namespace shop::cli
