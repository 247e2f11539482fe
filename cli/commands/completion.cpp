#include <iostream>

#include "all.hpp"
#include "tree.hpp"

namespace shop::cli {

Command completion() {
    return {"completion", "Print a completion script for your shell", [](Args& args) -> Run {
                auto shell_name = std::make_shared<std::string>();
                args.text("shell", *shell_name, "bash, zsh or fish")
                    .required()
                    .one_of({"bash", "zsh", "fish"});
                return [shell_name](Shell&) -> Result<int> {
                    CommandLine line;
                    std::cout << completion_script(command_tree(line.app()), *shell_name);
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
