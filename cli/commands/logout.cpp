
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command logout() {
    return {"logout", "Sign out and end the session", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.sign_out());
                    shell.say("Signed out.");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
