
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command apikey_get() {
    return {"apikey get", "Show an API key", [](Args& args) -> Run {
                auto id = std::make_shared<std::string>();
                args.text("key", *id, "Its id").required();
                return [id](Shell& shell) -> Result<int> {
                    SHOP_TRY(key, shell.call(api::users_service(), "api_key_get", {*id}));
                    return shell.print(key, key_view());
                };
            }};
}

}  // namespace shop::cli
