// A picture as a shop shows it (libgd).
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "picture/frames.hpp"
#include "picture/header.hpp"

namespace shop::picture {

// One JPEG of each width: upright, on white where it is transparent, of an animation the first
// picture, and without anything that the original carried besides. invalid_argument, with words for
// whoever sent it, where it can't be decoded. libgd wants to write to `bytes`, and does not.
Result<std::vector<Rendition>> render(const Header& header, std::string& bytes);

}  // namespace shop::picture
