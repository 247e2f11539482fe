#include "all.hpp"
#include "secret_options.hpp"

namespace shop::cli {

Command secret_rotate() {
    return {"secret rotate", "Give a secret a new random value", [](Args& args) -> Run {
                auto options = std::make_shared<SecretOptions>(args);
                return [options](Shell& shell) -> Result<int> {
                    return options->run(
                        shell, [](deploy::Secrets& secrets, const auto& service, const auto& name) {
                            return secrets.rotate(service, name);
                        });
                };
            }};
}

}  // namespace shop::cli
