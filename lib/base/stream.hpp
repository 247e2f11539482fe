// Bytes on their way, without a word about where they come from or go to: a file, a socket, a
// compressor, a test's string.
//
// Thread safety: that of whoever made the function.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "base/error.hpp"

namespace shop {

// Takes all the bytes or fails; after a failure nobody calls it again.
using Sink = std::function<Result<void>(std::string_view)>;
// Fills the front of the span (never an empty one) and says with how many bytes; 0: the end.
using Source = std::function<Result<std::size_t>(std::span<char>)>;

}  // namespace shop
