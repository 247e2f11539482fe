// The catalogue as orderd needs it: products looked up, pieces held, sold and given back. The seam
// to productd; tests put a fake here.
//
// Errors: not_found, conflict and invalid_argument are the catalogue's own answers. Everything else
// is `unavailable`, and then the outcome is unknown: the call may have done its work.
//
// `by` is the change or call that asks: its request and trace ids go along.
//
// Thread safety: implementations may be called from many threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/orders.hpp"
#include "api/products.hpp"
#include "base/error.hpp"
#include "events/change.hpp"

namespace shop::orders {

class Catalogue {
public:
    virtual ~Catalogue() = default;

    // By id, slug, SKU or number ("number:17" is the number and nothing else). May be a second old.
    virtual Result<api::Product> find(const events::Origin& by, std::string_view ref) = 0;
    // As they are now; those that are gone are left out.
    virtual Result<std::vector<api::Product>> find_many(const events::Origin& by,
                                                        const std::vector<std::string>& ids) = 0;

    // The three are repeatable: by the order's id they do their work once.
    // Holds the pieces of all lines or of none. conflict with a field error for each line that
    // lacks pieces ("/lines/0/quantity"); not_found where a product is gone.
    virtual Result<void> reserve(const events::Origin& by, const api::Order& order) = 0;
    // Sells what is held. conflict or not_found: nothing is held any more.
    virtual Result<void> confirm(const events::Origin& by, const std::string& order_id) = 0;
    // Frees what is held, takes back what was sold. Nothing to give back is a success.
    virtual Result<void> release(const events::Origin& by, const std::string& order_id) = 0;

    // Whether it answers at all, for the readiness check.
    virtual Result<void> ping() = 0;
};

// "The catalogue (productd) does not answer; …". `then` says what that means and what to do.
Error catalogue_down(std::string_view then);

}  // namespace shop::orders
