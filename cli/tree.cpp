#include "tree.hpp"

#include <CLI/CLI.hpp>

namespace shop::cli {
namespace {

Flag flag_of(const CLI::Option& option) {
    Flag flag;
    flag.positional = option.nonpositional() == false;
    flag.takes_value = option.get_items_expected_max() > 0;
    flag.name = flag.positional               ? option.get_name(true)
                : option.get_lnames().empty() ? "-" + option.get_snames().front()
                                              : "--" + option.get_lnames().front();
    flag.usage = flag.name;
    for (const auto& letter : option.get_snames())
        if (!flag.positional && "-" + letter != flag.name)
            flag.usage = "-" + letter + ", " + flag.usage;
    if (!flag.positional && flag.takes_value) flag.usage += " " + option.get_type_name();
    flag.doc = option.get_description();
    if (!option.get_default_str().empty()) flag.doc += " (" + option.get_default_str() + ")";
    return flag;
}

Node node_of(CLI::App& app, const std::string& path) {
    Node node;
    node.path = path;
    node.summary = app.get_description();
    node.aliases = app.get_aliases();
    for (const CLI::Option* option : app.get_options()) node.flags.push_back(flag_of(*option));
    for (CLI::App* child : app.get_subcommands(nullptr))
        node.children.push_back(
            node_of(*child, path.empty() ? child->get_name() : path + " " + child->get_name()));
    return node;
}

}  // namespace

Node command_tree(CLI::App& app) { return node_of(app, ""); }

}  // namespace shop::cli
