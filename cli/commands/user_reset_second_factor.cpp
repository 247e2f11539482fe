#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command user_reset_second_factor() {
    return {"user reset-second-factor", "Take the second factor off another's account",
            [](Args& args) -> Run {
                auto ref = std::make_shared<std::string>();
                args.text("user", *ref, "Id, number or username").required();
                return [ref](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.confirm("Take the second factor off " + *ref +
                                             " and end its sessions?"));
                    SHOP_CHECK(shell.call(api::users_service(), "second_factor_reset", {*ref}));
                    shell.say(*ref + " signs in with the password alone now.");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
