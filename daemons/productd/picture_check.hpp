// The consistency check of pictures: each product's are there in all widths, and each picture is of
// a product.
//
// A repair deletes pictures that no product has. Those that a product lacks were made from
// something that is not kept: somebody has to hand it in again.
//
// Thread safety: as runtime::StorePart.
#pragma once

#include "productd/store.hpp"
#include "runtime/store_parts.hpp"

namespace shop::products {

// Each document by itself. Both outlive the part.
runtime::StorePart pictures_part(store::Store& store, const Tables& tables);
// Pictures and products against each other. Both outlive the part.
runtime::StorePart picture_use_part(store::Store& store, const Tables& tables);

}  // namespace shop::products
