#include "backup/scratch.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include "backup/restore.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "local/access.hpp"
#include "local/interrupt.hpp"
#include "local/port.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

// Somebody else may take a port between our look and the start.
constexpr int kStartTries = 3;

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// The folder goes, and with it what its logs say.
void say_last_log_lines(const Shell& shell, const fs::path& data_dir) {
    for (const auto* service : api::all_services()) {
        const auto log = read_file(data_dir / "log" / (service->name + ".log"));
        if (!log || trim(*log).empty()) continue;
        const auto text = trim(*log);
        shell.say(service->name + ": " + std::string(text.substr(text.rfind('\n') + 1)));
    }
}

// A shop that runs until the end of the object.
class ScratchShop {
public:
    ScratchShop(const Shell& shell, const fs::path& data_dir)
        : shell_(shell), data_dir_(data_dir) {}
    ~ScratchShop() {
        if (supervisor_) supervisor_->stop();
    }
    ScratchShop(const ScratchShop&) = delete;
    ScratchShop& operator=(const ScratchShop&) = delete;

    Result<LocalShop> start() {
        for (int tries = 1;; ++tries) {
            SHOP_TRY(base, free_port_base());
            auto supervisor = std::make_unique<Supervisor>(LocalOptions{data_dir_, base, false},
                                                           [](std::string_view) {});
            auto shop = supervisor->start();
            if (shop) {
                supervisor_ = std::move(supervisor);
                return shop;
            }
            if (shop.error().code == Code::already_exists && tries < kStartTries) continue;
            say_last_log_lines(shell_, data_dir_);
            return shop;
        }
    }

private:
    const Shell& shell_;
    const fs::path data_dir_;
    std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace

Result<DrillOutcome> drill(const Shell& shell, const BackupFile& file, const std::string& path,
                           const fs::path& data_dir) {
    DrillOutcome out;
    const Stopwatch restoring;
    SHOP_CHECK(restore_stores(shell, file, path, data_dir));
    out.restore_seconds = restoring.seconds();
    if (Interrupt::wanted()) return Interrupt::failure();
    const Stopwatch starting;
    ScratchShop scratch(shell, data_dir);
    SHOP_TRY(shop, scratch.start());
    out.start_seconds = starting.seconds();
    SHOP_TRY(access, shell_of(shop, data_dir, shell.options()));
    const Stopwatch checking;
    SHOP_TRY(check, check_stores(*access, api::all_services(), false));
    out.check_seconds = checking.seconds();
    out.check = std::move(check);
    return out;
}

}  // namespace shop::cli
