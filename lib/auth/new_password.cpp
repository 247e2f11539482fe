// What a new password must be: check_new_password of password.hpp. By zxcvbn, which brings the
// lists of common passwords, names and words; their pages are read when a password is set.
#include <fmt/format.h>
#include <zxcvbn.h>

#include <algorithm>

#include "auth/password.hpp"
#include "base/text.hpp"

namespace shop::auth {
namespace {

constexpr std::size_t kPasswordBytesMin = 8;
constexpr std::size_t kPasswordBytesMax = 256;
// log2 of the guesses that a password has to stand: a million. After a few failures an account
// answers one guess a minute, so that is two years of them. "Summer2024!" (19.0) is below it,
// "correct horse" (27.8) is above.
constexpr double kBitsMin = 19.93;
constexpr std::size_t kWordBytesMin = 3;  // shorter parts of a name say nothing
// More than so much zxcvbn does not look at, and takes for random: a hundred and one "x" as well.
constexpr std::size_t kExaminedBytes = 100;

bool is_part_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) > 127;
}

// The name whole, and its words: "ada.king@example.org" has "ada", "king", "example" and "org".
void add_words(std::string_view name, std::vector<std::string>& words) {
    const std::string lower = to_lower(name);
    words.push_back(lower);
    std::string word;
    for (const char c : lower + " ") {
        if (is_part_of_word(c)) {
            word += c;
            continue;
        }
        if (word.size() >= kWordBytesMin) words.push_back(word);
        word.clear();
    }
}

double bits_of(std::string_view password, std::string_view username, std::string_view email) {
    std::vector<std::string> words{"shop"};
    add_words(username, words);
    add_words(email, words);
    std::vector<const char*> list;
    for (const auto& word : words)
        if (!word.empty()) list.push_back(word.c_str());
    list.push_back(nullptr);
    // It reads up to a NUL byte; what stands before that is what counts then.
    return ZxcvbnMatch(std::string(password.substr(0, kExaminedBytes)).c_str(), list.data(),
                       nullptr);
}

}  // namespace

Result<void> check_new_password(std::string_view password, std::string_view username,
                                std::string_view email) {
    const auto refuse = [](std::string message) {
        return fail_field("/password", std::move(message));
    };
    if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax)
        return refuse(
            fmt::format("must have {} to {} bytes", kPasswordBytesMin, kPasswordBytesMax));
    if (!is_utf8(password)) return refuse("must be UTF-8");
    if (trim(password).empty()) return refuse("must not be blank");
    if (bits_of(password, username, email) < kBitsMin)
        return refuse(
            "is easy to guess: it is a common password, a name, a date or a row of keys, or close "
            "to one. Take three words that have nothing to do with each other, or one from a "
            "password manager");
    return {};
}

}  // namespace shop::auth
