// What HAProxy says in its log that it passed on, and what the daemon says that it served: each
// request has one id on its whole way.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <string>

namespace shop::test {

// Empty where each request that the daemon served is one that HAProxy passed on to it, by its id,
// once, with the same method and path; else the first that is not. `served`: how many there are.
std::string compare_logs(const std::string& haproxy, const std::string& daemon,
                         std::size_t& served);

}  // namespace shop::test
