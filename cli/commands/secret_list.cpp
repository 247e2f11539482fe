#include "all.hpp"
#include "secret_options.hpp"

namespace shop::cli {

Command secret_list() {
    return {"secret list", "List the secrets of the services on this host", [](Args& args) -> Run {
                auto folder = std::make_shared<std::string>();
                add_state_option(args, *folder);
                return [folder](Shell& shell) -> Result<int> {
                    const deploy::State state{absolute_path(*folder)};
                    SHOP_TRY(all, deploy::Secrets(state.secrets()).list());
                    Json rows = Json::array();
                    for (const deploy::SecretInfo& info : all) rows.push_back(schema::encode(info));
                    return shell.print(rows, secret_view());
                };
            }};
}

}  // namespace shop::cli
