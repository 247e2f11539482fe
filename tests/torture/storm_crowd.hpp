// Those who use the shop during the kill storm: buyers, a member of the staff who books receipts,
// and newcomers who open accounts. Each works until the end without a pause and notes what was
// acknowledged.
//
// Thread safety: belongs to one thread; those in it have threads of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "torture/outside_log.hpp"
#include "torture/storm_caller.hpp"

namespace shop::torture {

// Fills carts, checks out, cancels some of the orders.
class StormBuyer {
public:
    // Has an account and is signed in afterwards. std::runtime_error where that fails.
    StormBuyer(const KilledShop& shop, const std::vector<api::Product>& products, int number,
               std::uint64_t seed);

    void buy_until(const std::stop_token& stop);
    // Afterwards.
    const BuyerLog& log() const { return log_; }
    AcknowledgedAccount account() const;
    std::int64_t replayed() const { return caller_.replayed(); }
    const std::vector<std::string>& faults() const { return faults_; }

private:
    void fill_cart();
    void lower_a_line();
    void check_out();
    void empty_cart();
    void cancel(AcknowledgedOrder& bought);
    // Compares the answer to a change of the cart with the pieces that it should have now.
    void note_cart(const Result<api::Cart>& answer, Pieces expected);
    void note_order(const std::string& key, api::Order order);
    void fault(const std::string& what);
    int any(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }

    StormCaller caller_;
    const std::vector<api::Product>& products_;
    std::mt19937_64 random_;
    api::User user_;
    BuyerLog log_;
    std::vector<std::string> faults_;
};

class StormCrowd {
public:
    // All have begun afterwards. `products` outlive the crowd.
    StormCrowd(const KilledShop& shop, const std::vector<api::Product>& products, int buyers,
               std::uint64_t seed);
    // Everybody ends with an answer to the last call. Once.
    OutsideLog end();

private:
    void book_receipts(const std::stop_token& stop, std::uint64_t seed);
    void open_accounts(const std::stop_token& stop);

    const KilledShop& shop_;
    const std::vector<api::Product>& products_;
    std::vector<std::unique_ptr<StormBuyer>> buyers_;
    std::vector<api::StockMovement> receipts_;  // the staff thread's
    std::int64_t replayed_receipts_ = 0;
    std::vector<std::string> receipt_faults_;
    std::vector<AcknowledgedAccount> accounts_;  // the newcomers' thread's
    std::vector<std::string> account_faults_;
    std::vector<std::jthread> threads_;  // last: they end first
};

}  // namespace shop::torture
