
#include "all.hpp"
#include "shell.hpp"

namespace shop::cli {

Command context_set() {
    return {"context set", "Add a shop by its addresses, or change them", [](Args& args) -> Run {
                auto wanted = std::make_shared<Context>();
                args.text("name", wanted->name, "What to call it").required();
                args.text("--users-url", wanted->users_url, "Where userd is: http://… or unix:/…");
                args.text("--products-url", wanted->products_url, "Where productd is");
                args.text("--orders-url", wanted->orders_url, "Where orderd is");
                args.text("--storefront-url", wanted->storefront_url,
                          "Where storefrontd is; may be left out");
                return [wanted](Shell& shell) -> Result<int> {
                    SHOP_CHECK(update_config([&](Config& config) -> Result<void> {
                        Context context;
                        context.name = wanted->name;
                        if (const Context* known = config.find(wanted->name)) context = *known;
                        for (const auto member :
                             {&Context::users_url, &Context::products_url, &Context::orders_url}) {
                            if (!((*wanted).*member).empty()) context.*member = (*wanted).*member;
                            if ((context.*member).empty())
                                return fail(
                                    Code::invalid_argument,
                                    "A new context needs all of --users-url, --products-url and "
                                    "--orders-url.");
                        }
                        if (!wanted->storefront_url.empty())
                            context.storefront_url = wanted->storefront_url;
                        // Tokens belong to the addresses that gave them: they are not sent
                        // elsewhere.
                        if (const Context* known = config.find(wanted->name);
                            known && known->users_url != context.users_url)
                            context.login.reset();
                        config.put(context);
                        if (config.current.empty()) config.current = context.name;
                        return {};
                    }));
                    shell.say("Saved. Sign in with: shopctl --context " + wanted->name +
                              " login USERNAME");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
