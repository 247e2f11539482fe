#include "command.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "base/text.hpp"
#include "output/terminal.hpp"
#include "prose.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

// The node of a command's path below `root`, made where it is missing; a noun answers to its plural
// too.
CLI::App* node(CLI::App& root, std::string_view path) {
    CLI::App* at = &root;
    for (const auto word : split(path, ' ')) {
        CLI::App* next = nullptr;
        for (CLI::App* child : at->get_subcommands(nullptr))
            if (child->get_name() == word) next = child;
        if (!next) {
            next = at->add_subcommand(std::string(word));
            next->fallthrough();
        }
        at = next;
    }
    return at;
}

struct Noun {
    const char* name;
    const char* summary;
};
constexpr Noun kNouns[] = {
    {"user", "Accounts"},
    {"second-factor", "The code that you sign in with besides the password"},
    {"password", "A forgotten password"},
    {"session", "Who is signed in, and ending it"},
    {"apikey", "Keys for programs"},
    {"product", "Products of the catalogue"},
    {"product picture", "The picture of a product"},
    {"stock", "Stock levels and the ledger"},
    {"cart", "Your cart"},
    {"order", "Orders"},
    {"event", "What happened in the shop"},
    {"audit", "Who did what, and that nobody has altered the record of it"},
    {"backup", "Backups of the whole shop"},
    {"gateway", "HAProxy before the shop"},
    {"deploy", "Releases of the shop on a host"},
    {"store", "The services' stores"},
    {"secret", "Secrets of the services on this host"},
    {"context", "The shops that shopctl knows"},
};

}  // namespace

struct CommandLine::Impl {
    CLI::App app{"A shop that is run from a terminal.", "shopctl"};
    Options options;
    Run chosen;

    void add_global_options();
    void add(const Command& command);
};

void CommandLine::Impl::add_global_options() {
    Args args(app);
    args.text("--context", options.context, "The shop to use, instead of the current one");
    args.text("-o,--output", options.output, "How to print data").one_of(output_formats());
    args.number("--timeout", options.timeout_seconds, "Seconds to go on trying", 0.1, 3600);
    args.flag("-y,--yes", options.yes, "Answer each question with yes");
    args.flag("-q,--quiet", options.quiet, "No progress and no hints");
}

void CommandLine::Impl::add(const Command& command) {
    CLI::App* sub = node(app, command.name);
    sub->description(command.summary);
    Args args(*sub);
    const Run run = command.define(args);
    sub->footer("Examples:\n" + examples_of(command.name));
    sub->callback([this, run] { chosen = run; });
}

CommandLine::CommandLine() : impl_(std::make_unique<Impl>()) {
    impl_->add_global_options();
    impl_->app.require_subcommand(1);
    impl_->app.footer("shopctl COMMAND --help shows a command with examples.");
    for (const Noun& noun : kNouns) {
        CLI::App* sub = node(impl_->app, noun.name);
        sub->description(noun.summary)->alias(sub->get_name() + "s")->require_subcommand(1);
    }
    for (const Command& command : all_commands()) impl_->add(command);
}

CommandLine::~CommandLine() = default;

CLI::App& CommandLine::app() { return impl_->app; }

int CommandLine::run(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        impl_->app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return impl_->app.exit(error, std::cout, std::cerr);
        // CLI11 asks for the missing command before it looks at the word that stands there.
        if (const auto unknown = impl_->app.remaining(true);
            !unknown.empty() && error.get_name() == "RequiredError")
            std::cerr << "There is no command \"" << unknown.front() << "\" here.\n";
        impl_->app.exit(error, std::cerr, std::cerr);
        return kExitUsage;
    }
    Shell shell(impl_->options);
    const auto result = impl_->chosen(shell);
    if (result) return *result;
    const Error& error = result.error();
    std::cerr << "shopctl: " << error.message << "\n";
    return info(error.code).exit_code;
}

std::string_view prose_of(std::string_view command_name) {
    std::string file(command_name);
    for (char& c : file)
        if (c == ' ' || c == '-') c = '_';
    for (const auto& [name, text] : kProse)
        if (name == file) return text;
    return "";
}

std::string examples_of(std::string_view command_name) {
    const std::string_view prose = prose_of(command_name);
    const auto start = prose.find("## Examples");
    if (start == std::string_view::npos) return "";
    std::string out;
    for (const auto line : split(prose.substr(start), '\n'))
        if (line.starts_with("    ")) out += std::string(line.substr(2)) + "\n";
    return out;
}

}  // namespace shop::cli
