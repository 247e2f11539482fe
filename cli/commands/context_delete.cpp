
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command context_delete() {
    return {
        "context delete", "Forget a shop", [](Args& args) -> Run {
            auto name = std::make_shared<std::string>();
            args.text("name", *name, "Of the context").required();
            return [name](Shell& shell) -> Result<int> {
                SHOP_CHECK(update_config([&](Config& config) -> Result<void> {
                    const auto gone = std::erase_if(config.contexts, [&](const Context& context) {
                        return context.name == *name;
                    });
                    if (gone == 0)
                        return fail(Code::not_found, "There is no context named " + *name + ".");
                    if (config.current == *name) config.current.clear();
                    return {};
                }));
                shell.say("Forgotten. The shop itself was not touched.");
                return kExitDone;
            };
        }};
}

}  // namespace shop::cli
