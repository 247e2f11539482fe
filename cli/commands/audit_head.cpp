#include <iostream>

#include "all.hpp"
#include "shell.hpp"
#include "store_options.hpp"

namespace shop::cli {

Command audit_head() {
    return {"audit head", "Write the signed heads of the audit logs, to keep elsewhere",
            [](Args& args) -> Run {
                auto service = add_service_option(args);
                return [service](Shell& shell) -> Result<int> {
                    Json heads = Json::array();
                    for (const auto* table : chosen_services(*service)) {
                        SHOP_TRY(head, shell.call(*table, "audit_head"));
                        heads.push_back(head);
                    }
                    std::cout << heads.dump(2) << std::endl;
                    return std::cout ? kExitDone : kExitFailed;
                };
            }};
}

}  // namespace shop::cli
