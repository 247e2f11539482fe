#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command signing_key_list() {
    return {"signing-key list", "List the keys that sign access tokens", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_TRY(keys, shell.call(api::users_service(), "signing_key_list"));
                    return shell.print(keys["items"], signing_key_view());
                };
            }};
}

}  // namespace shop::cli
