// Days as forms and figures write them: "2026-11-28", of UTC.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace shop::storefront {

// Its first moment. invalid_argument where it is no day.
Result<Time> day_start(std::string_view day);
// "28 Nov"; the text itself where it is no day.
std::string short_day(std::string_view day);

}  // namespace shop::storefront
