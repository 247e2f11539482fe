#include <filesystem>

#include "all.hpp"
#include "base/file.hpp"
#include "shell.hpp"
#include "tree.hpp"

namespace shop::cli {
namespace {

Result<void> write_pages(const std::filesystem::path& folder, const Node& root, const Node& node) {
    // A noun alone is no command; its commands have the pages.
    if (&root == &node || node.children.empty())
        SHOP_CHECK(write_file(folder / man_file_name(node), man_page(root, node), 0644));
    for (const Node& child : node.children) SHOP_CHECK(write_pages(folder, root, child));
    return {};
}

}  // namespace

Command man() {
    return {"man", "Write the man pages into a folder", [](Args& args) -> Run {
                auto folder = std::make_shared<std::string>();
                args.text("folder", *folder, "Where to write them").required();
                return [folder](Shell& shell) -> Result<int> {
                    SHOP_CHECK(make_folder(*folder, 0755));
                    CommandLine line;
                    const Node root = command_tree(line.app());
                    SHOP_CHECK(write_pages(*folder, root, root));
                    shell.say("Read one with: man " + *folder + "/shopctl.1");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
