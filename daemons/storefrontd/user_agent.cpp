#include "storefrontd/user_agent.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.hpp"

namespace shop::storefront {
namespace {

using Mark = std::pair<std::string_view, std::string_view>;

// In this order: each also names those below it, since sites once asked for them.
constexpr std::array<Mark, 6> kBrowsers = {{{"Edg/", "Edge"},
                                            {"OPR/", "Opera"},
                                            {"Firefox/", "Firefox"},
                                            {"Chromium/", "Chromium"},
                                            {"Chrome/", "Chrome"},
                                            {"Safari/", "Safari"}}};
constexpr std::array<Mark, 7> kSystems = {{{"Android", "Android"},
                                           {"iPhone", "iPhone"},
                                           {"iPad", "iPad"},
                                           {"Windows", "Windows"},
                                           {"CrOS", "ChromeOS"},
                                           {"Mac OS X", "macOS"},
                                           {"Linux", "Linux"}}};
constexpr std::size_t kNameBytesMax = 40;

template <std::size_t N>
std::string_view first_of(const std::array<Mark, N>& marks, std::string_view text) {
    for (const auto& [mark, name] : marks)
        if (text.find(mark) != text.npos) return name;
    return "";
}

}  // namespace

std::string program_of(std::string_view user_agent) {
    if (trim(user_agent).empty()) return "An unknown program";
    const auto browser = first_of(kBrowsers, user_agent);
    if (browser.empty())
        return shorten(user_agent.substr(0, user_agent.find_first_of("/ ")), kNameBytesMax);
    const auto system = first_of(kSystems, user_agent);
    return system.empty() ? std::string(browser) : fmt::format("{} on {}", browser, system);
}

}  // namespace shop::storefront
