// What a User-Agent says about a program, for people.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

namespace shop::storefront {

// "Firefox on Linux", "shopctl"; "An unknown program" where it says nothing.
std::string program_of(std::string_view user_agent);

}  // namespace shop::storefront
