// Daemons are killed at random moments while people buy, and started again; an outside log of what
// was acknowledged is compared with what the shop says at the end. `make torture` kills 200 times.
//
//   SHOP_TORTURE_KILLS=n   how many kills
//   SHOP_TORTURE_SEED=n    of the moments, the daemons and the buyers' choices; what the machine
//                          makes of them differs from run to run
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "api/stores.hpp"
#include "torture/harness.hpp"
#include "torture/killed_shop.hpp"
#include "torture/storm_books.hpp"
#include "torture/storm_crowd.hpp"

using namespace shop;
using namespace shop::torture;

namespace {

constexpr int kStormBuyers = 32;
constexpr int kStormProducts = 6;
constexpr int kStormStock = 60;  // of each
constexpr double kKillsPerSecond = 1.0;
constexpr double kStartSeconds = 0.04;
constexpr auto kSettleLimit = std::chrono::seconds(120);

std::vector<api::Product> make_storm_products(const KilledShop& shop) {
    StormCaller staff(shop, shop.admin());
    REQUIRE(staff.sign_in());
    std::vector<api::Product> products;
    for (int i = 1; i <= kStormProducts; ++i) {
        const std::string sku = "STORM-" + std::to_string(i);
        const auto product = staff.call<api::Product>(
            Service::productd, "product_create", {},
            {.body = Json{{"sku", sku},
                          {"name", "Product " + sku},
                          {"price", {{"amount", 95 + 100 * i}, {"currency", "GBP"}}},
                          {"initial_stock", kStormStock}},
             .idempotency_key = staff.new_key()});
        REQUIRE(product);
        REQUIRE(product->stock);
        products.push_back(*product);
    }
    return products;
}

// Kills come as if nobody planned them; one in five comes while the last one's daemon is starting.
void rage(KilledShop& shop, std::uint64_t kills, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> pause(kKillsPerSecond);
    std::uniform_real_distribution<double> within_start(0, kStartSeconds);
    std::uniform_int_distribution<int> any(0, kServices - 1);
    std::bernoulli_distribution again(0.2);
    auto victim = Service::orderd;
    for (std::uint64_t i = 0; i < kills && shop.faults().empty(); ++i) {
        const bool starting = i > 0 && again(random);
        if (!starting) victim = static_cast<Service>(any(random));
        const std::chrono::duration<double> wait(starting ? within_start(random) : pause(random));
        shop.watch(KilledShop::Clock::now() + std::chrono::ceil<std::chrono::microseconds>(wait));
        shop.kill(victim);
    }
    shop.wait_ready();
}

// Pending checkouts are driven to their ends, and pieces of cancelled orders come back.
void settle(const KilledShop& shop, const OutsideLog& log) {
    StormCaller admin(shop, shop.admin());
    std::string trouble = "there are still checkouts under way, or pieces are missing";
    const bool settled = test::eventually(
        [&] {
            const auto yes = is_settled(admin, log);
            if (!yes) trouble = yes.error().message;
            return yes.value_or(false);
        },
        kSettleLimit);
    INFO(trouble);
    CHECK(settled);
}

// The shop's own check of its stores, across the services too.
void check_the_stores(const KilledShop& shop) {
    StormCaller admin(shop, shop.admin());
    REQUIRE(admin.sign_in());
    for (const auto service : {Service::userd, Service::productd, Service::orderd}) {
        std::string cursor;
        do {
            const auto page = admin.call<api::StoreCheckPage>(service, "store_check", {},
                                                              {.body = Json{{"cursor", cursor}}});
            REQUIRE(page);
            for (const auto& finding : page->findings)
                UNSCOPED_INFO(finding.part << " " << finding.subject << ": " << finding.problem);
            CHECK(page->findings.empty());
            cursor = page->next_cursor.value_or("");
        } while (!cursor.empty());
    }
}

// All that can be asked of the shop once the storm is over.
void check_the_whole_shop(const KilledShop& shop, const OutsideLog& log) {
    const auto books = read_books(shop, log);
    INFO((books ? "" : books.error().message));
    CHECK(books);
    if (!books) return;
    auto found = differences(log, *books);
    constexpr std::size_t kShown = 30;
    INFO(found.size() << " differences; the first ones:");
    if (found.size() > kShown) found.resize(kShown);
    for (const auto& difference : found) UNSCOPED_INFO(difference);
    CHECK(found.empty());
    check_the_stores(shop);
}

void say_figures(const RestartFigures& restarts, const OutsideLog& log, double seconds,
                 std::uint64_t seed) {
    std::size_t orders = 0, cancelled = 0, refused = 0;
    std::int64_t cart_changes = 0, cart_refusals = 0;
    for (const auto& buyer : log.buyers) {
        orders += buyer.orders.size();
        cancelled += static_cast<std::size_t>(
            std::ranges::count_if(buyer.orders, &AcknowledgedOrder::cancelled));
        refused += buyer.refused.size();
        cart_changes += buyer.cart_changes;
        cart_refusals += buyer.cart_refusals;
    }
    const auto& ready = restarts.ready_after;
    const auto mean = std::accumulate(ready.begin(), ready.end(), ready.front() * 0) / ready.size();
    std::cout
        << fmt::format(
               "kill storm: seed {}, {:.0f} s; kills: userd {}, productd {}, orderd {} ({} "
               "before it was ready); ready after {:.0f} ms, the slowest {:.0f} ms; {} "
               "orders, {} of them cancelled; {} checkouts and {} pieces refused; {:.0f} "
               "cart changes/s; {} receipts, {} accounts; {} answers were lost and came again",
               seed, seconds, restarts.kills[0], restarts.kills[1], restarts.kills[2],
               restarts.killed_before_ready, mean.count(), std::ranges::max(ready).count(), orders,
               cancelled, refused, cart_refusals, static_cast<double>(cart_changes) / seconds,
               log.receipts.size(), log.accounts.size(), log.replayed)
        << std::endl;
}

}  // namespace

TEST_CASE("kill storm: nothing acknowledged is lost or doubled while daemons are killed and 32 buy",
          "[torture]") {
    const std::uint64_t kills = number_from("SHOP_TORTURE_KILLS", 20);
    const std::uint64_t seed = first_seed();
    INFO("again with SHOP_TORTURE_KILLS=" << kills << " SHOP_TORTURE_SEED=" << seed);
    KilledShop shop;
    const auto products = make_storm_products(shop);
    const auto begun = KilledShop::Clock::now();
    StormCrowd crowd(shop, products, kStormBuyers, seed);
    rage(shop, kills, seed);
    const OutsideLog log = crowd.end();
    const std::chrono::duration<double> took = KilledShop::Clock::now() - begun;
    say_figures(shop.figures(), log, took.count(), seed);
    settle(shop, log);
    check_the_whole_shop(shop, log);
    shop.end();
    for (const auto& fault : shop.faults()) UNSCOPED_INFO(fault);
    CHECK(shop.faults().empty());
}
