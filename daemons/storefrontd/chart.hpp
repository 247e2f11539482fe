// Charts of the back office, as SVG that stands within a page: no styles of their own (classes
// "chart…" of style.css), no ids, and a title and a description for who does not see them.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace shop::storefront {

struct ChartPoint {
    std::string label;
    std::int64_t value = 0;  // below zero counts as zero
    std::string text = {};   // the value as people read it
};

struct Chart {
    std::string title;
    std::string description;  // what one would see, in a sentence
    std::span<const ChartPoint> points;
};

// A horizontal bar a point, the first on top; 12 at most are drawn.
std::string bars(const Chart& chart);
// A line over time, from left to right; `axis` says how a value is written at the axis.
std::string line(const Chart& chart, const std::function<std::string(std::int64_t)>& axis);

}  // namespace shop::storefront
