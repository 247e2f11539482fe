// A small check of SVG and HTML for tests: whether what was opened is closed, in the right order.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shop {

// Empty where every tag is closed, every attribute is quoted and every "&" begins a reference;
// otherwise what is wrong. `text` is XML: there are no tags that close themselves by their name.
inline std::string trouble_in_xml(std::string_view text) {
    std::vector<std::string> open;
    for (std::size_t at = text.find_first_of("<&"); at != text.npos;
         at = text.find_first_of("<&", at + 1)) {
        if (text[at] == '&') {
            const auto end = text.find(';', at);
            if (end == text.npos || end - at > 7) return "a bare &";
            continue;
        }
        std::size_t end = at + 1;
        for (char quote = 0; end < text.size() && (quote != 0 || text[end] != '>'); ++end) {
            if (quote != 0 && text[end] == '<') return "< in an attribute";
            if (quote == text[end])
                quote = 0;
            else if (quote == 0 && (text[end] == '"' || text[end] == '\''))
                quote = text[end];
        }
        if (end >= text.size()) return "a tag without an end";
        const auto tag = text.substr(at + 1, end - at - 1);
        const std::string name(tag.substr(0, tag.find_first_of(" /", 1)));
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1))
                return "closed too early: " + std::string(tag);
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(name);
        }
        at = end;
    }
    return open.empty() ? "" : "never closed: " + open.back();
}

}  // namespace shop
