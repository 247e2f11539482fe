// What art.hpp draws: shapes on a field of 400 by 400, and the words that they stand for.
//
// In a shape "@m" is the main colour with its pattern, "@c" the same without, "@d" a darker and
// "@l" a lighter one of it, "@a" a second colour, "@w" wood, "@k" ink, "@p" paper.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>

namespace shop::storefront {

struct Motif {
    // Separated by commas; the first motif with one of them is drawn. "~" before a word: where no
    // other fits, since it is rather what the thing is for.
    std::string_view words;
    bool stands;  // on a table; or hangs
    std::string_view shapes;
};

extern const std::span<const Motif> kMotifs;
extern const Motif kGift;  // where no word fits

}  // namespace shop::storefront
