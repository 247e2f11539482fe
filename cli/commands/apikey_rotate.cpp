
#include "all.hpp"
#include "apikey_options.hpp"

namespace shop::cli {

Command apikey_rotate() {
    return {"apikey rotate", "Give an API key a new secret", [](Args& args) -> Run {
                auto id = std::make_shared<std::string>();
                auto hours = std::make_shared<std::int64_t>(24);
                args.text("key", *id, "Its id").required();
                args.integer("--overlap-hours", *hours, "How long the secret before goes on", 0,
                             api::kKeyOverlapHoursMax);
                auto output = std::make_shared<SecretOutput>(args);
                return [id, hours, output](Shell& shell) -> Result<int> {
                    SHOP_CHECK(output->check());
                    SHOP_TRY(key, shell.call(api::users_service(), "api_key_rotate", {*id},
                                             {.body = Json{{"overlap_hours", *hours}}}));
                    return output->print(shell, std::move(key));
                };
            }};
}

}  // namespace shop::cli
