// What this build was made from.
//
// Thread safety: constants.
#pragma once

#include <string>

namespace shop {

std::string build_version();  // of the release: "0.1.0"
std::string build_commit();   // short hash, "unknown" outside a git checkout

}  // namespace shop
