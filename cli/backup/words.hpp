// Sizes and times as a person reads them.
//
// Thread safety: free functions without shared state.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace shop::cli {

// "812 B", "3.4 MiB"
std::string size_text(std::int64_t bytes);
// "40 s", "5 min", "3 h", "12 days"
std::string age_text(std::chrono::milliseconds age);

}  // namespace shop::cli
