#include <iostream>

#include "all.hpp"
#include "output/terminal.hpp"
#include "secret_options.hpp"

namespace shop::cli {
namespace {

constexpr std::streamsize kInputMax = 64 * 1024 + 2;  // the largest secret, and what shows more

// A line from the terminal; else all of standard input but a line feed at its end, since a key has
// several lines.
Result<std::string> read_secret_value(const Shell& shell) {
    if (stdin_is_terminal()) return shell.ask_secret("Secret: ", "secret");
    std::string value(static_cast<std::size_t>(kInputMax), '\0');
    std::cin.read(value.data(), kInputMax);
    value.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (value.ends_with('\n')) value.pop_back();
    if (value.empty())
        return fail(Code::invalid_argument,
                    "No secret was given. Type it at the prompt, or pipe it to standard input.");
    return value;
}

}  // namespace

Command secret_set() {
    return {"secret set", "Give a service on this host a secret", [](Args& args) -> Run {
                auto options = std::make_shared<SecretOptions>(args);
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(value, read_secret_value(shell));
                    return options->run(
                        shell, [&](deploy::Secrets& secrets, const auto& service,
                                   const auto& name) { return secrets.set(service, name, value); });
                };
            }};
}

}  // namespace shop::cli
