#include "torture/storm_crowd.hpp"

#include <fmt/format.h>

namespace shop::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenNewcomers = 100ms;  // the hash of a password is most of userd's work

void append_all(std::vector<std::string>& to, const std::vector<std::string>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

Result<AcknowledgedAccount> newcomer(const KilledShop& shop, int number) {
    StormCaller caller(shop, {fmt::format("newcomer{}", number), "another horse battery"});
    SHOP_TRY(user, caller.open_account());
    SHOP_CHECK(caller.sign_in());
    return AcknowledgedAccount{user, caller.session().refresh_token};
}

}  // namespace

StormCrowd::StormCrowd(const KilledShop& shop, const std::vector<api::Product>& products,
                       int buyers, std::uint64_t seed)
    : shop_(shop), products_(products) {
    std::mt19937_64 seeds(seed);
    for (int number = 0; number < buyers; ++number)
        buyers_.push_back(std::make_unique<StormBuyer>(shop, products, number, seeds()));
    for (auto& buyer : buyers_)
        threads_.emplace_back(
            [&buyer = *buyer](const std::stop_token& stop) { buyer.buy_until(stop); });
    threads_.emplace_back(
        [this, own = seeds()](const std::stop_token& stop) { book_receipts(stop, own); });
    threads_.emplace_back([this](const std::stop_token& stop) { open_accounts(stop); });
}

// Fewer pieces than the buyers would take, so that they compete.
void StormCrowd::book_receipts(const std::stop_token& stop, std::uint64_t seed) {
    StormCaller staff(shop_, shop_.admin());
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::size_t> any(0, products_.size() - 1);
    std::uniform_int_distribution quantity(1, 8);
    while (!stop.stop_requested()) {
        const std::string key = staff.new_key();
        const Json body{{"kind", "receive"}, {"quantity", quantity(random)}, {"reason", key}};
        const auto in = staff.stay_signed_in();
        auto booked = in ? staff.call<api::StockMovement>(
                               Service::productd, "stock_movement_create",
                               {products_[any(random)].id}, {.body = body, .idempotency_key = key})
                         : Result<api::StockMovement>(tl::make_unexpected(in.error()));
        if (!booked) return receipt_faults_.push_back("receipt: " + booked.error().message);
        receipts_.push_back(std::move(*booked));
        replayed_receipts_ = staff.replayed();
    }
}

void StormCrowd::open_accounts(const std::stop_token& stop) {
    for (int number = 0; !stop.stop_requested(); ++number) {
        const auto account = newcomer(shop_, number);
        if (!account) return account_faults_.push_back("newcomer: " + account.error().message);
        accounts_.push_back(*account);
        std::this_thread::sleep_for(kBetweenNewcomers);
    }
}

OutsideLog StormCrowd::end() {
    for (auto& thread : threads_) thread.request_stop();
    for (auto& thread : threads_) thread.join();
    OutsideLog log;
    for (const auto& product : products_) log.initial[product.id] = product.stock->on_hand;
    log.receipts = std::move(receipts_);
    log.replayed = replayed_receipts_;
    log.accounts = std::move(accounts_);
    for (const auto& buyer : buyers_) {
        log.buyers.push_back(buyer->log());
        log.accounts.push_back(buyer->account());
        log.replayed += buyer->replayed();
        append_all(log.faults, buyer->faults());
    }
    append_all(log.faults, receipt_faults_);
    append_all(log.faults, account_faults_);
    return log;
}

}  // namespace shop::torture
