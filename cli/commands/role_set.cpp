
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

struct RoleOptions {
    std::string name, description;
    std::vector<std::string> scopes;
};

}  // namespace

Command role_set() {
    return {"role set", "Make or change a role of the shop's own", [](Args& args) -> Run {
                auto role = std::make_shared<RoleOptions>();
                args.text("role", role->name, "Its name: a to z, 0 to 9 and dashes").required();
                args.texts("--scope", role->scopes, "A right that it has; several").required();
                args.text("--description", role->description, "What it is for");
                return [role](Shell& shell) -> Result<int> {
                    const Json body{{"description", role->description}, {"scopes", role->scopes}};
                    SHOP_TRY(made, shell.call(api::users_service(), "role_put", {role->name},
                                              {.body = body}));
                    return shell.print(made, role_view());
                };
            }};
}

}  // namespace shop::cli
