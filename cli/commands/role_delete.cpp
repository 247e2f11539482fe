
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command role_delete() {
    return {"role delete", "Delete a role that nobody has", [](Args& args) -> Run {
                auto name = std::make_shared<std::string>();
                args.text("role", *name, "Its name").required();
                return [name](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.confirm("Delete the role " + *name + "?"));
                    SHOP_CHECK(shell.call(api::users_service(), "role_delete", {*name}));
                    shell.say("Deleted the role " + *name + ".");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
