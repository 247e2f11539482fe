// Man pages from the tree and the prose: the tree says what can be typed, the prose says why.
#include "base/text.hpp"
#include "base/version.hpp"
#include "command.hpp"
#include "tree.hpp"

namespace shop::cli {
namespace {

// Text for roff: backslashes and leading dots would be read as requests, dashes as hyphens.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    if (out.starts_with('.') || out.starts_with('\'')) out = "\\&" + out;
    return out;
}

// `code` and **bold** of our prose become bold.
std::string inline_markup(std::string_view line) {
    std::string out;
    bool bold = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const bool stars = line.substr(i, 2) == "**";
        if (line[i] == '`' || stars) {
            out += bold ? "\\fR" : "\\fB";
            bold = !bold;
            if (stars) ++i;
        } else {
            out += escaped(line.substr(i, 1) == "." && out.empty() ? "\\&." : line.substr(i, 1));
        }
    }
    return out;
}

std::string prose_as_roff(std::string_view prose) {
    std::string out;
    bool code = false;
    for (const auto line : split(prose, '\n')) {
        const bool indented = line.starts_with("    ");
        if (indented != code && !line.empty()) {
            out += indented ? ".PP\n.nf\n.RS 4\n" : ".RE\n.fi\n";
            code = indented;
        }
        if (indented)
            out += escaped(line.substr(4)) + "\n";
        else if (line.starts_with("## ")) {
            std::string title(line.substr(3));
            for (char& c : title)
                c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            out += ".SH " + title + "\n";
        } else if (line.starts_with("# ") || (line.empty() && code))
            continue;
        else if (line.empty())
            out += ".PP\n";
        else if (line.starts_with("- "))
            out += ".IP \\(bu 2\n" + inline_markup(line.substr(2)) + "\n";
        else
            out += inline_markup(line) + "\n";
    }
    return out + (code ? ".RE\n.fi\n" : "");
}

std::string page_name(const Node& node) {
    std::string name = node.path.empty() ? "shopctl" : "shopctl-" + node.path;
    for (char& c : name)
        if (c == ' ') c = '-';
    return name;
}

std::string options_section(const std::string& title, const Node& node) {
    std::string out;
    for (const Flag& flag : node.flags)
        out += ".TP\n\\fB" + escaped(flag.usage) + "\\fR\n" + escaped(flag.doc) + "\n";
    return out.empty() ? "" : ".SH " + title + "\n" + out;
}

std::string commands_section(const Node& node) {
    std::string out;
    for (const Node& child : node.children) {
        if (child.children.empty())
            out += ".TP\n\\fBshopctl " + escaped(child.path) + "\\fR\n" + escaped(child.summary) +
                   "\n";
        else
            out += commands_section(child);
    }
    return out;
}

std::string synopsis(const Node& node) {
    std::string out = "\\fBshopctl " + escaped(node.path) + "\\fR";
    for (const Flag& flag : node.flags)
        if (flag.positional) out += " \\fI" + escaped(flag.name) + "\\fR";
    return out + " [\\fIoption\\fR ...]\n";
}

constexpr std::string_view kExitCodes =
    ".SH EXIT STATUS\n0 done, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 conflict, "
    "6 unavailable.\n";

}  // namespace

std::string man_file_name(const Node& node) { return page_name(node) + ".1"; }

std::string man_page(const Node& root, const Node& node) {
    std::string name = page_name(node);
    // "\\&": no words between the names in the page's head, where long ones have no room for them.
    std::string out = ".TH \"" + name + "\" 1 \"\" \"shop " + build_version() +
                      "\" \"\\&\"\n.SH NAME\n" + escaped(name) + " \\- " + escaped(node.summary) +
                      "\n.SH SYNOPSIS\n";
    if (&root == &node) {
        out += "\\fBshopctl\\fR \\fIcommand\\fR [\\fIoption\\fR ...]\n";
        out += ".SH DESCRIPTION\n" + prose_as_roff(prose_of("shopctl"));
        out += ".SH COMMANDS\n" + commands_section(root) + options_section("OPTIONS", root);
    } else {
        out += synopsis(node) + ".SH DESCRIPTION\n" + prose_as_roff(prose_of(node.path));
        out += options_section("OPTIONS", node) + options_section("COMMON OPTIONS", root);
    }
    out += kExitCodes;
    return out + ".SH SEE ALSO\n\\fBshopctl\\fR(1)\n";
}

}  // namespace shop::cli
