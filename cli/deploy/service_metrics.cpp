#include "deploy/service_metrics.hpp"

#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace shop::cli::deploy {
namespace {

// One line: `shop_http_requests_total{endpoint="product_get",status="200"} 12`.
struct MetricLine {
    std::string_view name;
    std::string_view labels;  // between the braces
    double value = 0;

    std::string_view label(std::string_view wanted) const {
        const std::string begin = std::string(wanted) + "=\"";
        const auto at = labels.find(begin);
        if (at == std::string_view::npos || (at > 0 && labels[at - 1] != ',')) return {};
        const auto rest = labels.substr(at + begin.size());
        const auto end = rest.find('"');
        return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
    }
};

std::optional<MetricLine> read_line(std::string_view line) {
    if (line.empty() || line.front() == '#') return std::nullopt;
    MetricLine out;
    const auto end_of_name = line.find_first_of("{ ");
    if (end_of_name == std::string_view::npos) return std::nullopt;
    out.name = line.substr(0, end_of_name);
    std::string_view rest = line.substr(end_of_name);
    if (rest.front() == '{') {
        const auto end = rest.rfind('}');
        if (end == std::string_view::npos) return std::nullopt;
        out.labels = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
    }
    rest = trim(rest);
    rest = rest.substr(0, rest.find(' '));  // a time may follow
    const auto [last, trouble] = std::from_chars(rest.data(), rest.data() + rest.size(), out.value);
    if (trouble != std::errc() || last != rest.data() + rest.size()) return std::nullopt;
    return out;
}

// By our own lack; the other reasons are the client's.
bool is_overload(std::string_view reason) {
    return reason == "queue" || reason == "connections" || reason == "memory";
}

}  // namespace

ServiceMetrics read_metrics(std::string_view text) {
    ServiceMetrics out;
    for (const auto one : split(text, '\n')) {
        const auto line = read_line(one);
        if (!line) continue;
        const std::string endpoint(line->label("endpoint"));
        if (line->name == "shop_http_rejected_total") {
            if (is_overload(line->label("reason"))) out.refused += line->value;
        } else if (endpoint.empty()) {
            continue;
        } else if (line->name == "shop_http_requests_total") {
            auto& figures = out.endpoints[endpoint];
            figures.requests += line->value;
            if (line->label("status").starts_with('5')) figures.errors += line->value;
        } else if (line->name == "shop_http_duration_seconds_sum") {
            out.endpoints[endpoint].seconds += line->value;
        }
    }
    return out;
}

}  // namespace shop::cli::deploy
