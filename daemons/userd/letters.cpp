#include "userd/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "userd/built_in_letters.hpp"

namespace shop::users {
namespace {

struct LetterRow {
    std::string_view file;     // without ".txt"
    std::string_view path;     // of the page behind the link
    std::string_view command;  // where there is no page
};
constexpr std::array<LetterRow, kLetters> kRows = {{
    {"password_reset", "/password-reset/complete", "shopctl password set --token-file -"},
    {"password_changed", "", ""},
    {"email_verify", "/verify-email", "shopctl user verify --token-file -"},
    {"email_changed", "", ""},
    {"sign_in_changed", "", ""},
}};
constexpr std::string_view kBlanks[] = {"shop",    "username", "link", "token",
                                        "minutes", "hours",    "what"};
constexpr std::string_view kSubject = "Subject: ";
constexpr std::size_t kTemplateBytesMax = 16 * 1024;

using Blanks = std::vector<std::pair<std::string_view, std::string>>;

// The text with its blanks filled; invalid_argument where `blanks` has not each of them.
Result<std::string> fill_blanks(std::string_view text, const Blanks& blanks) {
    std::string out;
    for (;;) {
        const auto open = text.find("{{");
        out += text.substr(0, open);
        if (open == text.npos) return out;
        const auto close = text.find("}}", open);
        const auto name = trim(text.substr(open + 2, close == text.npos ? 0 : close - open - 2));
        const auto blank =
            std::ranges::find(blanks, name, [](const auto& pair) { return pair.first; });
        if (blank == blanks.end())
            return fail(Code::invalid_argument,
                        fmt::format("there is no blank {{{{{}}}}}; there are: {}.", name,
                                    fmt::join(kBlanks, ", ")));
        out += blank->second;
        text.remove_prefix(close + 2);
    }
}

Result<Letters::Text> parse_letter(std::string text) {
    std::erase(text, '\r');
    const auto end = text.find('\n');
    const std::string_view first = std::string_view(text).substr(0, end);
    const std::string_view subject =
        first.starts_with(kSubject) ? trim(first.substr(kSubject.size())) : std::string_view();
    if (subject.empty() || end == text.npos || text.compare(end, 2, "\n\n") != 0)
        return fail(Code::invalid_argument,
                    "it must begin with a line \"Subject: …\" and an empty one.");
    if (!is_utf8(text)) return fail(Code::invalid_argument, "it must be UTF-8.");
    Letters::Text parsed{std::string(subject), text.substr(end + 2)};
    Blanks known;
    for (const auto name : kBlanks) known.emplace_back(name, "");
    for (const auto& part : {parsed.subject, parsed.text}) SHOP_CHECK(fill_blanks(part, known));
    return parsed;
}

Result<std::string> letter_file(const std::string& folder, std::string_view name) {
    if (!folder.empty()) {
        auto own = read_file(std::filesystem::path(folder) / (std::string(name) + ".txt"),
                             kTemplateBytesMax);
        if (own || own.error().code != Code::not_found) return own;
    }
    const auto built_in =
        std::ranges::find(kBuiltInLetters, name, [](const auto& pair) { return pair.first; });
    return std::string(built_in->second);
}

}  // namespace

Result<Letters> Letters::read(LetterOptions options) {
    std::error_code ignored;
    if (!options.templates_dir.empty() &&
        !std::filesystem::is_directory(options.templates_dir, ignored))
        return fail(Code::not_found, "there is no folder " + options.templates_dir + ".");
    while (options.public_url.ends_with('/')) options.public_url.pop_back();
    Letters letters(std::move(options));
    for (std::size_t i = 0; i < kLetters; ++i) {
        SHOP_TRY(text, letter_file(letters.options_.templates_dir, kRows[i].file));
        auto parsed = parse_letter(std::move(text));
        if (!parsed)
            return fail(Code::invalid_argument,
                        fmt::format("{}.txt: {}", kRows[i].file, parsed.error().message));
        letters.templates_[i] = std::move(*parsed);
    }
    return letters;
}

std::string Letters::link(Letter letter, const std::string& token) const {
    const LetterRow& row = kRows[static_cast<std::size_t>(letter)];
    if (token.empty()) return "";
    if (!options_.public_url.empty())
        return fmt::format("{}{}?token={}", options_.public_url, row.path, token);
    return fmt::format("{}\n\n    with this token: {}", row.command, token);
}

Letters::Text Letters::write(Letter letter, const std::string& username, const std::string& token,
                             std::chrono::minutes life, const std::string& what) const {
    const Blanks blanks = {
        {"shop", options_.shop_name},
        {"username", username},
        {"link", link(letter, token)},
        {"token", token},
        {"minutes", std::to_string(life.count())},
        {"hours", std::to_string(std::chrono::floor<std::chrono::hours>(life).count())},
        {"what", what}};
    const Text& text = templates_[static_cast<std::size_t>(letter)];
    // Each blank is known: read() has seen them all.
    return {fill_blanks(text.subject, blanks).value_or(""),
            fill_blanks(text.text, blanks).value_or("")};
}

}  // namespace shop::users
