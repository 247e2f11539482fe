#include <chrono>
#include <csignal>
#include <thread>

#include "all.hpp"
#include "local/supervisor.hpp"
#include "local_options.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

constexpr std::chrono::seconds kDownMax{130};  // four services that drain, one after the other

}  // namespace

Command down() {
    return {"down", "End a shop that runs on this machine", [](Args& args) -> Run {
                auto data = add_data_option(args);
                return [data](Shell& shell) -> Result<int> {
                    const auto folder = data_folder(*data);
                    SHOP_TRY(shop, running_shop(folder));
                    ::kill(static_cast<pid_t>(shop.pid), SIGTERM);
                    const auto end = std::chrono::steady_clock::now() + kDownMax;
                    while (running_shop(folder)) {
                        if (std::chrono::steady_clock::now() > end)
                            return fail(Code::timeout, "The shop does not end. Its process is " +
                                                           std::to_string(shop.pid) + ".");
                        std::this_thread::sleep_for(std::chrono::milliseconds(20));
                    }
                    shell.say("The shop is down. Its data stays in " + folder.string() + ".");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
