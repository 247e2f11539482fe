#include <iostream>

#include "all.hpp"
#include "base/file.hpp"
#include "gateway/keys.hpp"
#include "gateway/options.hpp"
#include "local_options.hpp"
#include "shell.hpp"

namespace shop::cli {

Command gateway_render() {
    return {"gateway render", "Write an HAProxy configuration for the shop", [](Args& args) -> Run {
                auto options = add_gateway_options(args);
                auto to = std::make_shared<std::string>();
                args.text("--to", *to, "File to write, else standard output");
                return [options, to](Shell& shell) -> Result<int> {
                    SHOP_TRY(settings, settings_of(*options));
                    SHOP_TRY(text, render_with_keys(settings));
                    if (to->empty()) {
                        std::cout << text << std::flush;
                        return std::cout ? kExitDone : kExitFailed;
                    }
                    SHOP_CHECK(write_file(absolute_path(*to), text, 0644));
                    shell.say("Written. HAProxy takes it with: haproxy -W -f " + *to);
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
