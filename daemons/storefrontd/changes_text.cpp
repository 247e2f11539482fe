#include "storefrontd/changes_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace shop::storefront {
namespace {

constexpr std::size_t kValueBytesMax = 80;
constexpr std::size_t kTextBytesMax = 600;

std::string value_text(const Json& change, const char* side) {
    const auto value = change.is_object() ? change.find(side) : change.end();
    if (value == change.end() || value->is_null()) return "–";
    return shorten(value->is_string() ? value->get<std::string>() : dump(*value), kValueBytesMax);
}

}  // namespace

std::string changes_text(const Json& changes) {
    std::string out;
    if (!changes.is_object()) return out;
    for (const auto& [name, change] : changes.items()) {
        if (!out.empty()) out += "; ";
        out +=
            fmt::format("{}: {} → {}", name, value_text(change, "from"), value_text(change, "to"));
        if (out.size() > kTextBytesMax) break;
    }
    return shorten(out, kTextBytesMax);
}

}  // namespace shop::storefront
