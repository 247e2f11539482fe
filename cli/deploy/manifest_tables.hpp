// The keys of deploy.yaml that a field table can't hold: numbers with a fraction. Whoever encodes a
// Manifest adds them.
//
// Thread safety: the table is constant.
#pragma once

#include <string_view>
#include <vector>

#include "deploy/manifest.hpp"

namespace shop::cli::deploy {

struct Decimal {
    std::string_view name;  // in `gates`
    std::string_view doc;
    double GateSettings::*member;
    double min;
    double max;
};
const std::vector<Decimal>& gate_decimals();

}  // namespace shop::cli::deploy
