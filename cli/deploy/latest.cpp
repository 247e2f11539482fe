#include "deploy/latest.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/json.hpp"

namespace shop::cli::deploy {

Result<void> tell_latest(const History& history, const std::filesystem::path& file) {
    SHOP_TRY(records, history.read());
    const auto found = std::find_if(records.rbegin(), records.rend(),
                                    [](const Record& record) { return !record.verdict.empty(); });
    if (found == records.rend()) return {};
    // No reason: it may name what is nobody's business.
    const Json told = {{"release", found->to},
                       {"when", format_time(found->ended_at)},
                       {"who", found->who},
                       {"verdict", found->verdict}};
    return write_file(file, dump(told) + "\n", 0644);
}

}  // namespace shop::cli::deploy
