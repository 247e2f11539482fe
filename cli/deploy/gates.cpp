#include "deploy/gates.hpp"

#include <fmt/format.h>

#include "deploy/bake.hpp"
#include "deploy/gate_ready.hpp"
#include "deploy/purchase.hpp"
#include "deploy/watch.hpp"

namespace shop::cli::deploy {
namespace {

class ShopGates final : public Gates {
public:
    ShopGates(const Manifest& manifest, Driver& driver, std::string account_file, Say say)
        : manifest_(manifest),
          driver_(driver),
          account_file_(std::move(account_file)),
          say_(std::move(say)) {}

    Result<void> measure_before() override;
    Result<void> pass(const ServiceManifest& service, const Part& part) override;
    Result<void> bake(const std::vector<ServiceManifest>& services,
                      const Release& release) override;
    Result<void> purchase() override;

private:
    // Whoever buys; null where the manifest wants no purchases.
    Result<Buyer*> buyer();
    std::chrono::seconds patience() const {
        return std::chrono::seconds(manifest_.gates.ready_seconds);
    }

    const Manifest& manifest_;
    Driver& driver_;
    const std::string account_file_;
    const Say say_;
    std::unique_ptr<Buyer> buyer_;
    Looks before_;
};

Result<Buyer*> ShopGates::buyer() {
    if (!manifest_.gates.purchase) return nullptr;
    if (!buyer_) {
        SHOP_TRY(made, Buyer::make(manifest_.services, account_file_, system_clock()));
        buyer_ = std::move(made);
    }
    return buyer_.get();
}

Result<void> ShopGates::measure_before() {
    before_.clear();
    for (const ServiceManifest& service : manifest_.services) {
        SHOP_TRY(probe, ServiceProbe::make(service));
        SHOP_TRY(health, probe.health());
        if (health.status == "unavailable")
            return fail(Code::failed_precondition, service.name + " is not ready");
    }
    SHOP_CHECK(purchase());
    if (manifest_.gates.baseline_seconds == 0) return {};
    SHOP_TRY(buys, buyer());
    SHOP_TRY(watch, Watch::make({manifest_.services, driver_, buys, say_, manifest_.state}));
    before_ = watch.run(std::chrono::seconds(manifest_.gates.baseline_seconds),
                        [](const Looks&) { return false; });
    return {};
}

Result<void> ShopGates::pass(const ServiceManifest& service, const Part& part) {
    SHOP_TRY(probe, ServiceProbe::make(service));
    SHOP_CHECK(gate_ready(service, probe, driver_, patience()));
    SHOP_CHECK(gate_version(probe, part));
    std::vector<ServiceProbe> probes;
    for (const ServiceManifest& other : manifest_.services) {
        SHOP_TRY(one, ServiceProbe::make(other));
        probes.push_back(std::move(one));
    }
    SHOP_CHECK(gate_dependencies(probes, patience(), say_));
    return purchase();
}

Result<void> ShopGates::bake(const std::vector<ServiceManifest>& services, const Release&) {
    if (manifest_.gates.bake_seconds == 0) return {};
    SHOP_TRY(buys, buyer());
    SHOP_TRY(watch, Watch::make({services, driver_, buys, say_, manifest_.state}));
    std::optional<std::string> breach;
    const Looks after =
        watch.run(std::chrono::seconds(manifest_.gates.bake_seconds), [&](const Looks& looks) {
            breach = find_breach(manifest_.gates, before_, looks);
            return breach.has_value();
        });
    if (breach) return fail(Code::failed_precondition, *breach);
    if (after.back().purchases.made > 0)
        say_(fmt::format("{} purchases in {:.0f} s of baking, {} failed",
                         after.back().purchases.made, after.back().at,
                         after.back().purchases.failed));
    return {};
}

Result<void> ShopGates::purchase() {
    SHOP_TRY(buys, buyer());
    if (!buys) return {};
    const auto bought = buys->buy();
    buys->sign_out();
    if (!bought) return fail(Code::failed_precondition, "purchase: " + bought.error().message);
    if (*bought) say_("warning: no purchase was tried: " + **bought);
    return {};
}

}  // namespace

std::unique_ptr<Gates> make_gates(const Manifest& manifest, Driver& driver,
                                  std::string account_file, Say say) {
    return std::make_unique<ShopGates>(manifest, driver, std::move(account_file), std::move(say));
}

}  // namespace shop::cli::deploy
