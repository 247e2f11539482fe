#include "program.hpp"

#include <filesystem>

#include "base/text.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kLastLines = 5;
constexpr std::size_t kLastBytes = 1000;

std::string closing_lines(std::string_view text) {
    text = trim(text);
    if (text.size() > kLastBytes) text.remove_prefix(text.size() - kLastBytes);
    std::size_t start = text.size();
    for (std::size_t lines = 0; lines < kLastLines && start != text.npos && start > 0; ++lines)
        start = text.rfind('\n', start - 1);
    return std::string(start == text.npos || start == 0 ? text : text.substr(start + 1));
}

}  // namespace

Result<std::string> output_of(const std::vector<std::string>& words,
                              const ProgramOptions& options) {
    SHOP_TRY(result, run_program(words, options));
    if (result.good()) return std::move(result.output);
    const std::string last =
        closing_lines(trim(result.complaint).empty() ? result.output : result.complaint);
    const std::string name = std::filesystem::path(words.front()).filename().string();
    return fail(Code::failed_precondition, name + " failed (" + std::to_string(result.status) +
                                               ")" +
                                               (last.empty() ? " without a word." : ": " + last));
}

}  // namespace shop::cli
