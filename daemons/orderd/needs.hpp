// What orderd calls of productd; of userd it is runtime::users_needs().
//
// Thread safety: immutable.
#pragma once

#include "runtime/needs.hpp"

namespace shop::orders {

const runtime::Needs& products_needs();

}  // namespace shop::orders
