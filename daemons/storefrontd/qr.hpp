// QR codes as drawings in a page. By libqrencode.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>

namespace shop::storefront {

// An <svg>, dark on light in either colour scheme, with the margin that readers need. Empty where
// the text is too long for a code.
std::string qr_svg(const std::string& text);

}  // namespace shop::storefront
