
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command user_delete() {
    return {
        "user delete", "Delete an account and end its sessions", [](Args& args) -> Run {
            auto user = std::make_shared<std::string>();
            args.text("user", *user, "Id, number, username or me").required();
            return [user](Shell& shell) -> Result<int> {
                SHOP_TRY(found, shell.call(api::users_service(), "user_get", {*user}));
                const std::string name = found.value("username", "");
                SHOP_CHECK(shell.confirm("Delete the account " + name + "? This can't be undone."));
                SHOP_CHECK(shell.call(api::users_service(), "user_delete", {*user}));
                shell.say("Deleted " + name + ".");
                return kExitDone;
            };
        }};
}

}  // namespace shop::cli
