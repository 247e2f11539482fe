// The command tree as plain data, for completion scripts and man pages.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace shop::cli {

struct Flag {
    std::string name;   // "--limit"
    std::string usage;  // "--limit N"
    std::string doc;
    bool positional = false;
    bool takes_value = false;
};

// One command or noun.
struct Node {
    std::string path;  // "product list"; empty: shopctl itself
    std::string summary;
    std::vector<std::string> aliases;  // of its last word
    std::vector<Flag> flags;           // own ones
    std::vector<Node> children;
};

Node command_tree(CLI::App& app);

// `shell` is bash, zsh or fish.
std::string completion_script(const Node& root, const std::string& shell);

// A page in man(7) macros: shopctl(1) with all commands for the root, shopctl-product-list(1) for a
// command.
std::string man_page(const Node& root, const Node& node);
// "shopctl-product-list.1"
std::string man_file_name(const Node& node);

}  // namespace shop::cli
