#include "local/maintenance.hpp"

#include <chrono>
#include <csignal>
#include <thread>

#include "base/file.hpp"
#include "local/interrupt.hpp"
#include "local/readiness.hpp"
#include "local/supervisor.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::RestoreMark>() {
    using T = cli::RestoreMark;
    static const StructType type{
        "RestoreMark",
        "A restore that is under way.",
        {
            field<&T::id>("id", "The backup's id."),
            field<&T::file>("file", "Where the backup is.", Length{0, 4096}),
            field<&T::done>("done", "Services that have it already."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kLookEvery = 50ms;
constexpr auto kChildrenEndMax = 130s;    // four services that drain, one after the other
constexpr auto kChildrenReadyMax = 100s;  // four that open their stores

// Looks again and again until `done` says yes; timeout after `limit`, Ctrl-C as its own error.
template <class Done>
Result<void> wait_until(Done done, std::chrono::seconds limit, const std::string& message) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;; std::this_thread::sleep_for(kLookEvery)) {
        SHOP_TRY(yes, done());
        if (yes) return {};
        if (Interrupt::wanted()) return Interrupt::failure();
        if (std::chrono::steady_clock::now() > end) return fail(Code::timeout, message);
    }
}

bool all_ready(const LocalShop& shop) {
    for (const LocalService& service : shop.services)
        if (const auto state = readiness(service.url); state != "ok" && state != "degraded")
            return false;
    return !shop.maintenance;
}

}  // namespace

Result<Maintenance> Maintenance::begin(const fs::path& data_dir) {
    Maintenance work(data_dir);
    // A supervisor or a `shopctl up` that looks right now holds it for an instant.
    work.maintenance_ =
        FileLock(data_dir / "maintenance", FileLock::Kind::exclusive, std::chrono::seconds(1));
    if (!work.maintenance_.held())
        return fail(Code::conflict, "Somebody works on the stores in " + data_dir.string() +
                                        " already. Try again when that is done.");
    work.was_running_ = running_shop(data_dir).has_value();
    if (work.was_running_) SHOP_CHECK(work.stop_children());
    if (!work.was_running_) SHOP_CHECK(work.take_lock());
    return work;
}

Result<void> Maintenance::stop_children() {
    SHOP_TRY(shop, running_shop(data_dir_));
    ::kill(static_cast<pid_t>(shop.pid), SIGUSR1);
    return wait_until(
        [&]() -> Result<bool> {
            const auto now = running_shop(data_dir_);
            // Its supervisor was ended meanwhile: then the folder has to be ours.
            if (!now) was_running_ = false;
            return !now || now->maintenance;
        },
        kChildrenEndMax,
        "The services do not end. Their supervisor is process " + std::to_string(shop.pid) +
            "; end it with: shopctl down");
}

Result<void> Maintenance::take_lock() {
    lock_ = FileLock(data_dir_ / "lock", FileLock::Kind::exclusive, 1s);
    if (lock_.held()) return {};
    return fail(Code::conflict,
                "A shop is just starting in " + data_dir_.string() + ". Try again in a moment.");
}

Result<void> Maintenance::end() {
    lock_.release();
    maintenance_.release();
    if (!was_running_) return {};
    return wait_until(
        [&]() -> Result<bool> {
            const auto shop = running_shop(data_dir_);
            if (!shop)
                return fail(Code::unavailable,
                            "The shop was ended meanwhile. Start it with: shopctl up --data " +
                                data_dir_.string());
            return all_ready(*shop);
        },
        kChildrenReadyMax,
        "The services are not ready again. See their logs in " + (data_dir_ / "log").string());
}

Result<void> check_no_maintenance(const fs::path& data_dir) {
    if (FileLock(data_dir / "maintenance", FileLock::Kind::shared).held()) return {};
    return fail(Code::conflict, "Somebody works on the stores in " + data_dir.string() +
                                    ": a restore or a compaction. Try again when that is done.");
}

fs::path restore_mark_path(const fs::path& data_dir) { return data_dir / "restoring"; }

Result<void> check_restored(const fs::path& data_dir) {
    const auto path = restore_mark_path(data_dir);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return {};
    const auto text = read_file(path);
    const auto mark = text ? schema::decode_text<RestoreMark>(*text, schema::Mode::stored)
                           : Result<RestoreMark>(tl::make_unexpected(text.error()));
    return fail(Code::failed_precondition,
                "A restore in " + data_dir.string() +
                    " did not come to its end, so its stores do not fit together. Run it again: "
                    "shopctl backup restore " +
                    (mark ? mark->file : "FILE") + " --data " + data_dir.string());
}

}  // namespace shop::cli
