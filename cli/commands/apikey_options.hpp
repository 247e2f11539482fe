// What the commands that give out a key's secret share.
//
// Thread safety: one thread.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "args.hpp"
#include "base/file.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

class SecretOutput {
public:
    explicit SecretOutput(Args& args) {
        args.text("--output-file", path_,
                  "Write the secret into this file, for its owner alone, instead of showing it");
    }
    // Shows the key, with its secret, or keeps that in the file.
    Result<int> print(Shell& shell, Json key) const {
        if (path_.empty()) {
            shell.say("This is shown once. Keep it where only the program can read it.");
            return shell.print(key, new_key_view());
        }
        SHOP_CHECK(write_file(path_, key.value("secret", "") + "\n", 0600));
        key.erase("secret");
        shell.say("The secret is in " + path_ + ".");
        return shell.print(key, key_view());
    }
    // Before a secret is made: a place that can't be written to would lose it, and what is in the
    // file so far stays until then.
    Result<void> check() const {
        if (path_.empty()) return {};
        const auto folder = std::filesystem::absolute(path_).parent_path();
        if (::access(folder.c_str(), W_OK) == 0) return {};
        return fail(Code::invalid_argument,
                    "Can't write into the folder of " + path_ + ". Name a file elsewhere.");
    }

private:
    std::string path_;
};

}  // namespace shop::cli
