#include "local/access.hpp"

#include "auth/token.hpp"

namespace shop::cli {

Result<std::unique_ptr<Shell>> shell_of(const LocalShop& shop,
                                        const std::filesystem::path& data_dir,
                                        const Options& options) {
    SHOP_CHECK(auth::ensure_keys(data_dir / "keys", "shopctl"));
    SHOP_TRY(opened, auth::Signer::open(data_dir / "keys", "shopctl", system_clock()));
    Context context;
    context.name = data_dir.string();
    context.users_url = shop.services[0].url;
    context.products_url = shop.services[1].url;
    context.orders_url = shop.services[2].url;
    context.data_dir = data_dir.string();
    const std::shared_ptr<auth::Signer> signer = std::move(opened);
    return std::make_unique<Shell>(options, context, [signer] { return signer->service_token(); });
}

}  // namespace shop::cli
