// What userd's mails say: templates with named blanks, built in or the owner's own.
//
// A template is a text file: "Subject: …", an empty line, the text. Blanks are {{shop}},
// {{username}}, {{link}}, {{token}}, {{minutes}} and {{hours}} (how long the link works), and
// {{what}} (what happened, in words). Where the shop has no public URL, {{link}} is the command of
// shopctl that takes the token, and the token.
//
// Thread safety: immutable after read().
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop::users {

// In the order of the files' names in letters.cpp.
enum class Letter {
    password_reset,
    password_changed,
    email_verify,
    email_changed,
    sign_in_changed
};
inline constexpr std::size_t kLetters = 5;

struct LetterOptions {
    std::string shop_name;
    std::string public_url;     // "https://shop.example.org"; empty: none
    std::string templates_dir;  // files that are not there are the built-in ones; empty: all are
};

class Letters {
public:
    // invalid_argument, with the file's name, where a template has no subject or a blank that is
    // not known.
    static Result<Letters> read(LetterOptions options);

    struct Text {
        std::string subject;
        std::string text;
    };
    // `token` is empty for a letter without a link, `what` for one that says all by itself.
    Text write(Letter letter, const std::string& username, const std::string& token = "",
               std::chrono::minutes life = {}, const std::string& what = "") const;

private:
    explicit Letters(LetterOptions options) : options_(std::move(options)) {}
    std::string link(Letter letter, const std::string& token) const;

    LetterOptions options_;
    std::array<Text, kLetters> templates_;
};

}  // namespace shop::users
