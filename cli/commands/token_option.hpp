// --token-file of the commands that take a token out of a mail: never as an argument, which others
// on the machine can see.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "args.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "shell.hpp"

namespace shop::cli {

inline Arg add_token_option(Args& args, std::string& file) {
    return args.text("--token-file", file,
                     "File with the token of the mail; -: ask for it, or a line of standard input");
}

inline Result<std::string> read_mail_token(const Shell& shell, const std::string& file) {
    if (file == "-") return shell.ask_secret("Token from the mail: ", "token");
    SHOP_TRY(text, read_file(file, 4096));
    return std::string(trim(text));
}

}  // namespace shop::cli
