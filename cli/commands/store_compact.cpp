#include "all.hpp"
#include "backup/words.hpp"
#include "local/interrupt.hpp"
#include "local/maintenance.hpp"
#include "local/offline.hpp"
#include "local/supervisor.hpp"
#include "local_options.hpp"
#include "shell.hpp"
#include "store_options.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

// A store is compacted whole or stays as it is, so the shop starts again in any case.
Result<Json> compact_all(const std::filesystem::path& data_dir) {
    Json rows = Json::array();
    for (const auto* service : chosen_services("")) {
        if (!has_store(data_dir, service->name)) continue;
        if (Interrupt::wanted()) return Interrupt::failure();
        SHOP_TRY(totals, run_offline(data_dir, service->name, "--compact"));
        const auto before = totals.value("bytes_before", std::int64_t{0});
        const auto after = totals.value("bytes_after", std::int64_t{0});
        rows.push_back({{"service", service->name},
                        {"before", size_text(before)},
                        {"after", size_text(after)},
                        {"bytes_before", before},
                        {"bytes_after", after}});
    }
    return rows;
}

Result<int> compact(Shell& shell, const std::filesystem::path& data_dir) {
    if (!has_store(data_dir, "userd"))
        return fail(Code::not_found,
                    "There is no shop in " + data_dir.string() + ". Name its folder with --data.");
    if (running_shop(data_dir))
        SHOP_CHECK(shell.confirm("Stop the shop in " + data_dir.string() +
                                 " while its stores are compacted?"));
    const Interrupt interrupt;
    SHOP_TRY(work, Maintenance::begin(data_dir));
    const auto rows = compact_all(data_dir);
    const auto ended = work.end();
    if (!rows) return tl::make_unexpected(rows.error());
    SHOP_CHECK(shell.print(*rows, compact_view()));
    SHOP_CHECK(ended);
    return kExitDone;
}

}  // namespace

Command store_compact() {
    return {"store compact", "Give the disk back that a shop's stores no longer need",
            [](Args& args) -> Run {
                auto data = add_data_option(args);
                return [data](Shell& shell) { return compact(shell, data_folder(*data)); };
            }};
}

}  // namespace shop::cli
