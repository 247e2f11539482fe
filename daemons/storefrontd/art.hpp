// Drawings for products that have no picture: a motif that fits the words of the name, in colours
// and patterns that it names ("Red Retrospot Bowl": a red bowl with spots). What the name leaves
// open, the seed decides; the same words make the same drawing.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

namespace shop::storefront {

// An SVG of 400 by 400, below 2.5 KB; nothing of the arguments stands in it.
std::string draw(std::string_view seed, std::string_view name, std::string_view category);

}  // namespace shop::storefront
