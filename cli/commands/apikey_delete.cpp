
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command apikey_delete() {
    return {"apikey delete", "End an API key", [](Args& args) -> Run {
                auto id = std::make_shared<std::string>();
                args.text("key", *id, "Its id").required();
                return [id](Shell& shell) -> Result<int> {
                    SHOP_CHECK(shell.confirm("End the key " + *id +
                                             "? Whatever works with it "
                                             "stops."));
                    SHOP_CHECK(shell.call(api::users_service(), "api_key_delete", {*id}));
                    shell.say("Ended the key " + *id + ".");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
