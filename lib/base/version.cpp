#include "base/version.hpp"

namespace shop {

std::string build_version() { return SHOP_VERSION; }
std::string build_commit() { return SHOP_COMMIT; }

}  // namespace shop
