#include "store/store.hpp"

namespace shop::store {

Range prefix_range(std::string_view prefix, bool reverse) {
    Range range{std::string(prefix), std::string(prefix), reverse};
    // The first key behind the prefix: its last byte that can grow, grown. None: up to the end of
    // the table.
    while (!range.to.empty() && range.to.back() == '\xff') range.to.pop_back();
    if (!range.to.empty()) ++range.to.back();
    return range;
}

}  // namespace shop::store
