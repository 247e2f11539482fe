
#include "all.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "local/readiness.hpp"
#include "local/supervisor.hpp"
#include "local_options.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

const View kStatusView{{{"SERVICE", "/service"},
                        {"STATUS", "/status"},
                        {"PID", "/pid", false, true},
                        {"MEMORY", "/memory", false, true},
                        {"URL", "/url"}},
                       "/service"};

// Resident memory as the kernel counts it: "8.1 MiB".
std::string memory_of(std::int64_t pid) {
    const auto text = read_file("/proc/" + std::to_string(pid) + "/status");
    const auto at = text ? text->find("VmRSS:") : std::string::npos;
    if (at == std::string::npos) return "";
    const auto kib = parse_int(trim(text->substr(at + 6, text->find("kB", at) - at - 6)));
    return kib ? fmt::format("{:.1f} MiB", static_cast<double>(*kib) / 1024) : "";
}

}  // namespace

Command status() {
    return {"status", "Show the shop that runs on this machine", [](Args& args) -> Run {
                auto data = add_data_option(args);
                return [data](Shell& shell) -> Result<int> {
                    SHOP_TRY(shop, running_shop(data_folder(*data)));
                    Json rows = Json::array();
                    bool all = true;
                    for (const LocalService& service : shop.services) {
                        const std::string state =
                            shop.maintenance ? "maintenance" : readiness(service.url);
                        all = all && (state == "ok" || state == "degraded");
                        rows.push_back({{"service", service.name},
                                        {"status", state},
                                        {"pid", service.pid},
                                        {"memory", memory_of(service.pid)},
                                        {"url", service.url}});
                    }
                    SHOP_CHECK(shell.print(rows, kStatusView));
                    return all ? kExitDone : kExitUnavailable;
                };
            }};
}

}  // namespace shop::cli
