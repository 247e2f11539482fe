// The consistency check of a shop's stores, page by page, as the services offer it.
//
// Thread safety: free function, one thread.
#pragma once

#include <string>
#include <vector>

#include "api/stores.hpp"
#include "shell.hpp"

namespace shop::cli {

// Findings that are kept and shown; of more than these only the number is known.
inline constexpr std::size_t kFindingsMax = 10'000;

struct Finding {
    std::string service;
    api::StoreFinding what;
};
struct CheckOutcome {
    std::int64_t examined = 0;
    std::int64_t found = 0;   // all that does not fit
    std::int64_t left = 0;    // of it, what was not mended
    bool repairable = false;  // any of what is left would be mended with `repair`
    std::vector<Finding> findings;

    Json findings_json() const;
};

// Checks these services one after the other while the shop is open; with `repair` they mend what is
// derived from other data.
Result<CheckOutcome> check_stores(Shell& shell,
                                  const std::vector<const api::ServiceTable*>& services,
                                  bool repair);

}  // namespace shop::cli
