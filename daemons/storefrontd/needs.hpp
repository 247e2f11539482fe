// What storefrontd calls of the other services (runtime/needs.hpp).
//
// Thread safety: constants.
#pragma once

#include "runtime/needs.hpp"

namespace shop::storefront {

const runtime::Needs& account_needs();    // of userd
const runtime::Needs& catalogue_needs();  // of productd
const runtime::Needs& order_needs();      // of orderd

}  // namespace shop::storefront
