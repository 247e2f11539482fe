// What a command of shopctl is: one entry of the tree, one source file in commands/, one page of
// prose beside it.
//
//     Command product_get() {
//         return {"product get", "Show a product", [](Args& args) -> Run {
//             auto ref = std::make_shared<std::string>();
//             args.text("product", *ref, "Id, slug, SKU or number").required();
//             return [ref](Shell& shell) -> Result<int> { … };
//         }};
//     }
//
// The prose is commands/product_get.md; its "Examples" stand in --help and in the man page.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "args.hpp"
#include "base/error.hpp"

namespace shop::cli {

class Shell;

// Runs a command whose options are parsed. The value is the exit code; an Error is said on stderr
// and becomes the exit code of its row in the table of codes.
using Run = std::function<Result<int>(Shell&)>;

struct Command {
    std::string name;                  // "product list"; words are the path in the tree
    std::string summary;               // one line, imperative, without a full stop
    std::function<Run(Args&)> define;  // adds the options, gives back what runs
};

// All commands in the order of help and man pages (commands/all.cpp).
const std::vector<Command>& all_commands();

// The page of prose of a command ("product list" -> commands/product_list.md), embedded at build
// time; empty where there is none, which a test refuses.
std::string_view prose_of(std::string_view command_name);
// The "## Examples" part of its prose, as indented plain text for --help.
std::string examples_of(std::string_view command_name);

// The whole command line: tree, options that every command has, and what was chosen.
class CommandLine {
public:
    CommandLine();
    ~CommandLine();
    CLI::App& app();
    // Parses and runs. The process's exit code; everything for people goes to stderr.
    int run(int argc, char** argv);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace shop::cli
