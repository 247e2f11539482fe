
#include "base/version.hpp"
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

Command version() {
    return {"version", "Show the version of shopctl, or of everything", [](Args& args) -> Run {
                auto all = std::make_shared<bool>(false);
                args.flag("--all", *all, "Ask the services too");
                return [all](Shell& shell) -> Result<int> {
                    Json rows = Json::array({Json{{"service", "shopctl"},
                                                  {"version", build_version()},
                                                  {"commit", build_commit()}}});
                    for (const auto* service : api::all_daemons()) {
                        if (!*all) break;
                        SHOP_TRY(url, shell.url_of(*service));
                        if (url.empty()) continue;  // a shop without pages
                        SHOP_TRY(found, shell.call(*service, "version"));
                        rows.push_back(found);
                    }
                    return shell.print(rows, version_view());
                };
            }};
}

}  // namespace shop::cli
