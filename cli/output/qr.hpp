// QR codes for a terminal, in UTF-8 half blocks (two rows of the code in one line). By libqrencode.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "base/error.hpp"
#include "output/terminal.hpp"

namespace shop::cli {

// Dark on light, with the margin that readers need. With colours whatever the terminal's are;
// without, for light text on a dark ground. Empty for Drawing::none.
Result<std::string> qr_code(const std::string& text, Drawing drawing);

}  // namespace shop::cli
