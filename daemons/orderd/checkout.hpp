// The checkout: a saga over this store and productd's.
//
//   1. The cart is compared with the catalogue: what is gone or has another price is said.
//   2. Transaction: the order, `pending`, with its lines for good, and the record of its checkout.
//   3. productd holds the pieces. 4. The payment is authorised. 5. productd sells the pieces.
//   6. Transaction: `placed`, the cart emptied, the answer kept under the Idempotency-Key.
//
// An order is placed only after its pieces are its own, so that an acknowledged order always has
// them. Every call can be repeated; what a crash or a silent productd left behind is driven on by
// resume.hpp, or by the customer's same call again.
//
// Under one Idempotency-Key there is at most one order. A refusal (no pieces, no payment, too late)
// is the answer to that key for as long as its record stays, 24 hours; only where productd did not
// answer and nothing was ordered does the same key begin anew.
//
// Thread safety: may be shared.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "events/change.hpp"
#include "orderd/catalogue.hpp"
#include "orderd/checkouts.hpp"
#include "orderd/cut.hpp"
#include "store/store.hpp"

namespace shop::orders {

// Authorises the payment of an order; repeatable by the order's id. Payments join here: until
// then everything is authorised.
using Authorise = std::function<Result<void>(const api::Order&)>;
Result<void> authorise_all(const api::Order& order);

// What a checkout works with; everything outlives it.
struct CheckoutParts {
    const Tables& tables;
    store::Store& store;
    Catalogue& catalogue;
    Gate& gate;  // before the calls to the catalogue that change something
    Authorise authorise;
    std::string currency;
};

class CheckoutSaga {
public:
    explicit CheckoutSaga(CheckoutParts parts) : parts_(std::move(parts)) {}

    // The right to work on a customer's checkout in this process; given back by its destructor.
    class Turn {
    public:
        Turn(CheckoutSaga* saga, std::string user_id) : saga_(saga), user_id_(std::move(user_id)) {}
        Turn(Turn&& other) noexcept
            : saga_(std::exchange(other.saga_, nullptr)), user_id_(std::move(other.user_id_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        CheckoutSaga* saga_;
        std::string user_id_;
    };
    // conflict where somebody has it: one cart is not bought twice at once.
    Result<Turn> take_turn(const std::string& user_id);

    // Steps 1 to 5 for the caller, who has the turn: gives the id of an order that owns its pieces
    // and may be placed, or is placed already. Errors: conflict (and nothing was ordered),
    // unavailable (the message says whether something was).
    Result<std::string> prepare(const events::Origin& origin, const CheckoutRequest& request);
    // Steps 3 to 5 again for an order that somebody has begun. unavailable: it is still pending.
    Result<void> go_on(const events::Origin& origin, const api::Order& order);
    // Gives the pieces of a cancelled order back; unavailable: it is still to be done.
    Result<void> release(const events::Origin& origin, const std::string& order_id);

    const CheckoutParts& parts() const { return parts_; }
    // A transaction of this service with its events, outside a call's own.
    Result<void> change(const events::Origin& origin,
                        const std::function<Result<void>(events::Change&)>& work);

private:
    enum class Attempt { first, again };

    Result<std::string> take_up(const events::Origin& origin, const CheckoutRequest& request,
                                const Checkout& known, const api::Order& order);
    Result<api::Cart> checked_cart(const events::Origin& origin);
    Result<void> accept_prices(const events::Origin& origin,
                               const std::vector<api::Product>& products);
    Result<void> own_pieces(const events::Origin& origin, const api::Order& order, Attempt attempt);
    Failure not_held(const events::Origin& origin, const api::Order& order, Error error,
                     Attempt attempt);
    Failure give_up(const events::Origin& origin, const api::Order& order, const CallOff& why);

    CheckoutParts parts_;
    std::mutex mutex_;
    std::set<std::string> busy_;  // users whose checkout somebody works on; guarded by mutex_
};

}  // namespace shop::orders
