// Completion scripts: a function that walks the words so far down the tree, then offers what stands
// there.
#include <functional>

#include "base/text.hpp"
#include "tree.hpp"

namespace shop::cli {
namespace {

void each(const Node& node, const std::function<void(const Node&)>& visit) {
    visit(node);
    for (const Node& child : node.children) each(child, visit);
}

std::string last_word(const Node& node) { return std::string(split(node.path, ' ').back()); }

// Words that may follow: subcommands and flags, the global ones too.
std::string words_after(const Node& root, const Node& node) {
    std::string words;
    for (const Node& child : node.children) words += last_word(child) + " ";
    for (const Flag& flag : node.flags)
        if (!flag.positional) words += flag.name + " ";
    if (&root != &node)
        for (const Flag& flag : root.flags) words += flag.name + " ";
    words.pop_back();
    return words;
}

std::string quoted(std::string text) {
    for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4)
        text.replace(at, 1, "'\\''");
    return "'" + text + "'";
}

// case branches: path -> what to offer.
std::string shell_cases(const Node& root) {
    std::string out = "    case \"$seen\" in\n";
    each(root, [&](const Node& node) {
        out +=
            "        " + quoted(node.path) + ") offer=" + quoted(words_after(root, node)) + " ;;\n";
    });
    return out + "    esac\n";
}

// The body of the loop over the words so far: follows those that are commands, so that arguments
// are not taken for commands; plural nouns become singular.
std::string shell_walk(const Node& root) {
    std::string paths;
    std::string aliases;
    each(root, [&](const Node& node) {
        if (node.path.empty()) return;
        paths += (paths.empty() ? "" : "|") + quoted(node.path);
        for (const auto& alias : node.aliases)
            aliases += "            " + alias + ") word=" + last_word(node) + " ;;\n";
    });
    return "        case \"$word\" in\n            -*) continue ;;\n" + aliases +
           "        esac\n"
           "        case \"${seen:+$seen }$word\" in\n            " +
           paths + ") seen=\"${seen:+$seen }$word\" ;;\n        esac\n    done\n";
}

std::string bash_script(const Node& root) {
    return "# bash completion for shopctl; load it with: source <(shopctl completion bash)\n"
           "_shopctl() {\n"
           "    local seen='' offer='' word\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n" +
           shell_walk(root) + shell_cases(root) +
           "    mapfile -t COMPREPLY < <(compgen -W \"$offer\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
           "}\n"
           "complete -o default -F _shopctl shopctl\n";
}

std::string zsh_script(const Node& root) {
    return "#compdef shopctl\n"
           "# zsh completion for shopctl; load it with: source <(shopctl completion zsh)\n"
           "_shopctl() {\n"
           "    local seen='' offer='' word\n"
           "    for word in \"${words[@]:1:$((CURRENT-2))}\"; do\n" +
           shell_walk(root) + shell_cases(root) +
           "    compadd -- ${=offer}\n"
           "}\n"
           "compdef _shopctl shopctl\n";
}

std::string fish_script(const Node& root) {
    std::string out =
        "# fish completion for shopctl; load it with: shopctl completion fish | source\n"
        "complete -c shopctl -f\n";
    each(root, [&](const Node& node) {
        std::string seen = "__fish_use_subcommand";
        const auto words = split(node.path, ' ');
        if (!node.path.empty()) {
            seen.clear();
            for (const auto word : words)
                seen += (seen.empty() ? "" : "; and ") +
                        ("__fish_seen_subcommand_from " + std::string(word));
        }
        for (const Node& child : node.children)
            out += "complete -c shopctl -n " + quoted(seen) + " -a " + last_word(child) + " -d " +
                   quoted(child.summary) + "\n";
        const std::string when = node.path.empty() ? "" : " -n " + quoted(seen);
        for (const Flag& flag : node.flags)
            if (flag.name.starts_with("--"))
                out += "complete -c shopctl" + when + " -l " + flag.name.substr(2) +
                       (flag.takes_value ? " -x" : "") + " -d " + quoted(flag.doc) + "\n";
    });
    return out;
}

}  // namespace

std::string completion_script(const Node& root, const std::string& shell) {
    if (shell == "zsh") return zsh_script(root);
    if (shell == "fish") return fish_script(root);
    return bash_script(root);
}

}  // namespace shop::cli
