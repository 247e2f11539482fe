// What the tests of backups and stores share: a shop with something in it, and what it shows.
//
// Thread safety: none; the test's own thread.
#pragma once

#include <string>

#include "base/file.hpp"
#include "support/running_shop.hpp"

namespace shop::test {

// Three products and an order of the customer "bea".
inline void fill(const RunningShop& shop) {
    for (const std::string sku : {"BK-1", "BK-2", "BK-3"})
        shop.ok({"product", "create", sku, "--name", "Thing " + sku, "--price", "2.50", "--stock",
                 "1000"});
    shop.customer("bea");
    REQUIRE(shop.as("bea", {"cart", "add", "BK-1", "2"}).exit_code == 0);
    shop.json_as("bea", {"order", "create"});
}

// All that a person sees of a shop, as the administrator of a context.
inline Json shown(const RunningShop& shop, const std::string& context = "local") {
    Json out;
    for (const std::string noun : {"product", "order", "user"})
        out[noun] = shop.json_as(context, {noun, "list", "--limit", "1000"});
    return out;
}

// Makes a backup in `folder`; its path.
inline std::string make_backup(const RunningShop& shop, const std::filesystem::path& folder) {
    return shop.json({"backup", "create", "--to", folder.string()})["path"].get<std::string>();
}

// Starts the shop of another folder on ports of its own, in a context of its own name; ends it at
// the end.
class SecondShop {
public:
    SecondShop(const RunningShop& first, std::filesystem::path data_dir)
        : first_(first), data_dir_(std::move(data_dir)) {
        first_.ok({"up", "--detach", "--data", data_dir_.string(), "--name", "second",
                   "--port-base", std::to_string(free_port_base())});
        first_.ok({"context", "use", "local"});
    }
    ~SecondShop() { first_.ctl({"down", "--data", data_dir_.string()}); }
    SecondShop(const SecondShop&) = delete;
    SecondShop& operator=(const SecondShop&) = delete;

private:
    const RunningShop& first_;
    const std::filesystem::path data_dir_;
};

}  // namespace shop::test
