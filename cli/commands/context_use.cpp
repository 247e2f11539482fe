
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command context_use() {
    return {"context use", "Choose the shop that commands talk to", [](Args& args) -> Run {
                auto name = std::make_shared<std::string>();
                args.text("name", *name, "Of the context").required();
                return [name](Shell& shell) -> Result<int> {
                    SHOP_CHECK(update_config([&](Config& config) -> Result<void> {
                        if (!config.find(*name))
                            return fail(Code::not_found,
                                        "There is no context named " + *name +
                                            ". See them with: shopctl context list");
                        config.current = *name;
                        return {};
                    }));
                    shell.say("Now using " + *name + ".");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
