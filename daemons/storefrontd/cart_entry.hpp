// Pieces on their way into a cart. A guest has none, so theirs go through the sign-in with them.
//
// Thread safety: values and free functions without shared state.
#pragma once

#include <string>

#include "storefrontd/visit.hpp"

namespace shop::storefront {

// What somebody wanted before they had to sign in, and where they go to then.
struct Errand {
    std::string add;  // a product's slug; empty: nothing
    std::string quantity;
    std::string next;  // a path of ours

    static Errand read(const Fields& fields);
    // "/login?next=…", for the sign-in and for the form of a new account.
    std::string address(const std::string& path) const;
    // Hidden fields of the form.
    void add_to(Json& model) const;
};

// `quantity` as it was typed.
Result<void> put_into_cart(Visit& visit, const std::string& product, std::string_view quantity);
// After the sign-in: does the errand, and says what was done ("said_…").
runtime::Reply finish_errand(Visit& visit, const Errand& errand, std::string_view said);

}  // namespace shop::storefront
