#include "storefrontd/deployment.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace shop::storefront {
namespace {

constexpr std::size_t kFileBytesMax = 16 * 1024;
constexpr std::size_t kTextBytesMax = 100;  // the back office has a line for it

std::string text_of(const Json& file, const char* name) {
    const auto member = file.find(name);
    const bool is_text = member != file.end() && member->is_string();
    return is_text ? shorten(member->get<std::string>(), kTextBytesMax) : "";
}

}  // namespace

std::optional<Deployment> deployment_in(std::string_view text) {
    const auto file = parse_json(text);
    if (!file || !file->is_object()) return std::nullopt;
    const auto when = parse_time(text_of(*file, "when"));
    Deployment found{text_of(*file, "release"), when.value_or(Time{}), text_of(*file, "who"),
                     text_of(*file, "verdict")};
    if (!when || found.release.empty() || found.verdict.empty()) return std::nullopt;
    return found;
}

std::optional<Deployment> read_deployment(const std::string& path) {
    if (path.empty()) return std::nullopt;
    const auto text = read_file(path, kFileBytesMax);
    return text ? deployment_in(*text) : std::nullopt;
}

std::string verdict_label(std::string_view verdict) {
    std::string label(verdict);
    std::ranges::replace(label, '_', ' ');
    return label;
}

}  // namespace shop::storefront
