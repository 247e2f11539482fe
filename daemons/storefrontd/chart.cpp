#include "storefrontd/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace shop::storefront {
namespace {

// Of bars: about as wide as they are shown, so that letters have their size.
constexpr double kBarsWidth = 400;
constexpr double kRow = 46;  // a bar with its label above
constexpr std::size_t kBarsMax = 12;
// Of a line, with its margins.
constexpr double kWidth = 840, kHeight = 260;
constexpr double kLeft = 96, kRight = 18, kTop = 18, kFoot = 36;
constexpr std::size_t kLabelsMax = 6;  // below it
constexpr std::size_t kLabelBytesMax = 38;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                // Other control characters can't stand in XML at all.
                if (byte >= 0x20 && byte != 0x7f) out += c;
        }
    }
    return out;
}

// Cut where it is too long, between two characters.
std::string shortened(std::string_view text) {
    if (text.size() <= kLabelBytesMax) return std::string(text);
    std::size_t end = kLabelBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "…";
}

std::string opening(const Chart& chart, const char* kind, double width, double height) {
    return fmt::format(
        "<svg class=\"chart chart-{}\" role=\"img\" viewBox=\"0 0 {:g} {:g}\" width=\"{:g}\" "
        "height=\"{:g}\"><title>{}</title><desc>{}</desc>",
        kind, width, height, width, height, escaped(chart.title), escaped(chart.description));
}

std::int64_t highest(std::span<const ChartPoint> points) {
    std::int64_t most = 0;
    for (const auto& point : points) most = std::max(most, point.value);
    return most;
}

// The next of 1, 2, 5, 10, 20, … times four: so that four steps of the axis are round.
std::int64_t round_top(std::int64_t most) {
    constexpr std::int64_t kStepMax = 1'000'000'000'000'000;
    for (std::int64_t ten = 1; ten < kStepMax; ten *= 10)
        for (const std::int64_t step : {ten, 2 * ten, 5 * ten})
            if (step >= most / 4 + (most % 4 != 0 ? 1 : 0)) return 4 * step;
    return 4 * kStepMax;
}

struct Place {
    double x, y;
};

std::vector<Place> places_of(std::span<const ChartPoint> points, std::int64_t top) {
    std::vector<Place> places;
    const double step =
        points.size() > 1 ? (kWidth - kLeft - kRight) / static_cast<double>(points.size() - 1) : 0;
    for (const auto& point : points) {
        const auto value = static_cast<double>(std::clamp<std::int64_t>(point.value, 0, top));
        places.push_back(
            {kLeft + step * static_cast<double>(places.size()),
             kHeight - kFoot - value / static_cast<double>(top) * (kHeight - kFoot - kTop)});
    }
    return places;
}

std::string axis_of(std::int64_t top, const std::function<std::string(std::int64_t)>& axis) {
    std::string out;
    for (int i = 0; i <= 4; ++i) {
        const double y = kHeight - kFoot - (kHeight - kFoot - kTop) * i / 4;
        out += fmt::format(
            "<path class=\"chart-grid\" d=\"M{:g} {:.1f}H{:g}\"/>"
            "<text x=\"{:g}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
            kLeft, y, kWidth - kRight, kLeft - 8, y + 4, escaped(axis(top * i / 4)));
    }
    return out;
}

// The first, the last, and some between them.
std::string labels_of(std::span<const ChartPoint> points, const std::vector<Place>& places) {
    std::string out;
    const std::size_t every = std::max<std::size_t>(
        1, (points.size() + kLabelsMax - 2) / std::max<std::size_t>(1, kLabelsMax - 1));
    for (std::size_t i = 0; i < points.size(); i += every) {
        const char* anchor = i == 0 && points.size() > 1   ? "start"
                             : i + 1 == points.size() && i ? "end"
                                                           : "middle";
        out += fmt::format("<text x=\"{:.1f}\" y=\"{:g}\" text-anchor=\"{}\">{}</text>",
                           places[i].x, kHeight - 8, anchor, escaped(shortened(points[i].label)));
    }
    return out;
}

}  // namespace

std::string bars(const Chart& chart) {
    const auto points = chart.points.first(std::min(chart.points.size(), kBarsMax));
    const auto most = static_cast<double>(std::max<std::int64_t>(1, highest(points)));
    std::string out = opening(chart, "bars", kBarsWidth,
                              std::max(kRow, kRow * static_cast<double>(points.size())));
    double y = 0;
    for (const auto& point : points) {
        const auto value = static_cast<double>(std::max<std::int64_t>(0, point.value));
        out += fmt::format(
            "<text x=\"0\" y=\"{:g}\">{}</text>"
            "<text class=\"chart-value\" x=\"{:g}\" y=\"{:g}\" text-anchor=\"end\">{}</text>"
            "<rect class=\"chart-bar\" x=\"0\" y=\"{:g}\" width=\"{:.1f}\" height=\"10\" "
            "rx=\"5\"/>",
            y + 16, escaped(shortened(point.label)), kBarsWidth, y + 16, escaped(point.text),
            y + 24, std::max(2.0, value / most * kBarsWidth));
        y += kRow;
    }
    return out + "</svg>";
}

std::string line(const Chart& chart, const std::function<std::string(std::int64_t)>& axis) {
    const auto points = chart.points;
    const std::int64_t top = round_top(highest(points));
    const auto places = places_of(points, top);
    std::string out = opening(chart, "time", kWidth, kHeight) + axis_of(top, axis);
    if (!places.empty()) {
        std::string path;
        for (const auto& [x, y] : places)
            path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y);
        out += fmt::format("<path class=\"chart-area\" d=\"{}V{:g}H{:g}z\"/>", path,
                           kHeight - kFoot, kLeft);
        out += fmt::format("<path class=\"chart-line\" d=\"{}\"/>", path);
        out += fmt::format("<circle class=\"chart-dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\"/>",
                           places.back().x, places.back().y);
        out += labels_of(points, places);
    }
    return out + "</svg>";
}

}  // namespace shop::storefront
