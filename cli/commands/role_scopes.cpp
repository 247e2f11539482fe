
#include "all.hpp"
#include "auth/principal.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

const View kScopeView{{{"RIGHT", "/right"}, {"LETS", "/lets"}, {"ROLES", "/roles"}}, "/right"};

std::string built_in_with(std::string_view scope) {
    std::string names;
    for (const auth::Role& role : auth::roles()) {
        const bool has = std::ranges::find(role.scopes, scope) != role.scopes.end();
        if (has && !role.name.starts_with(auth::kServicePrefix))
            names += (names.empty() ? "" : ", ") + std::string(role.name);
    }
    return names;
}

}  // namespace

Command role_scopes() {
    return {"role scopes", "List the rights that a role or an API key can have", [](Args&) -> Run {
                return [](Shell& shell) -> Result<int> {
                    Json rows = Json::array();
                    for (const auto& scope : auth::grantable_scopes())
                        rows.push_back({{"right", scope.name},
                                        {"lets", scope.doc},
                                        {"roles", built_in_with(scope.name)}});
                    return shell.print(rows, kScopeView);
                };
            }};
}

}  // namespace shop::cli
