#include <fmt/format.h>

#include "all.hpp"
#include "api/stores.hpp"
#include "backup/words.hpp"
#include "schema/codec.hpp"
#include "shell.hpp"
#include "store_options.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

Json row_of_stats(const api::StoreStats& stats) {
    const double per_commit =
        stats.commits > 0 ? static_cast<double>(stats.changes) / static_cast<double>(stats.commits)
                          : 0;
    return {{"service", stats.service},
            {"entries", stats.entries},
            {"used", size_text(stats.bytes_used)},
            {"file", size_text(stats.bytes_file)},
            {"max", size_text(stats.bytes_max)},
            {"format", stats.format},
            {"commits", stats.commits},
            {"per_commit", fmt::format("{:.1f}", per_commit)}};
}

Result<int> stats(Shell& shell, const std::string& service) {
    Json raw = Json::array();
    Json rows = Json::array();
    for (const auto* table : chosen_services(service)) {
        SHOP_TRY(json, shell.call(*table, "store_get"));
        SHOP_TRY(decoded, schema::decode<api::StoreStats>(json, schema::Mode::stored));
        rows.push_back(row_of_stats(decoded));
        raw.push_back(json);
    }
    const std::string& format = shell.options().output;
    return shell.print(format == "json" || format == "yaml" ? raw : rows, store_view());
}

}  // namespace

Command store_stats() {
    return {"store stats", "Show the size and work of the services' stores", [](Args& args) -> Run {
                auto service = add_service_option(args);
                return [service](Shell& shell) { return stats(shell, *service); };
            }};
}

}  // namespace shop::cli
