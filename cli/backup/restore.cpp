#include "backup/restore.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/endpoint.hpp"
#include "backup/words.hpp"
#include "base/file.hpp"
#include "local/maintenance.hpp"
#include "local/offline.hpp"
#include "output/terminal.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t kAtOnce = 2;  // more wait for the same disk
// A store's pages are half empty at worst, and each file takes some disk ahead.
constexpr std::int64_t kStoreBytesPerPlainByte = 2;
constexpr std::int64_t kRoomBeside = std::int64_t{64} << 20;

// Which file each service's store is in: another one after it was replaced.
std::vector<ino_t> store_files(const fs::path& data_dir) {
    std::vector<ino_t> out;
    for (const auto* service : api::all_services()) {
        struct stat status {};
        const fs::path file = data_dir / "stores" / service->name / "data.mdb";
        out.push_back(::stat(file.c_str(), &status) == 0 ? status.st_ino : 0);
    }
    return out;
}

class Restore {
public:
    Restore(const BackupFile& file, const std::string& path, const fs::path& data_dir)
        : file_(file), data_dir_(data_dir), mark_{file.manifest().id, path, {}} {}

    Result<void> run(const Shell& shell) {
        read_mark();
        const auto before = store_files(data_dir_);
        const bool fresh = mark_.done.empty();
        SHOP_CHECK(save_mark());
        std::vector<std::thread> workers;
        for (std::size_t i = 0; i < kAtOnce; ++i) workers.emplace_back([this] { work(); });
        show(Progress("restoring", !shell.options().quiet));
        for (auto& worker : workers) worker.join();
        const bool changed = !fresh || store_files(data_dir_) != before;
        if (failure_ && changed) return tl::make_unexpected(*failure_);
        std::error_code error;
        fs::remove(restore_mark_path(data_dir_), error);
        if (failure_) return tl::make_unexpected(*failure_);
        return sync_folder(data_dir_);
    }

private:
    // What an earlier try of the same backup did stays, so that former/ stays what it is.
    void read_mark() {
        const auto text = read_file(restore_mark_path(data_dir_));
        const auto mark = text ? schema::decode_text<RestoreMark>(*text, schema::Mode::stored)
                               : Result<RestoreMark>(tl::make_unexpected(text.error()));
        if (mark && mark->id == mark_.id) mark_.done = mark->done;
    }
    Result<void> save_mark() {
        return write_file(restore_mark_path(data_dir_), schema::encode_text(mark_) + "\n", 0600);
    }

    // A worker: takes one service after the other until none is left or one failed.
    void work() {
        const auto& parts = file_.manifest().services;
        for (std::size_t i = 0; (i = next_++) < parts.size();)
            if (is_due(parts[i].service)) note(parts[i].service, restore(parts[i]));
        const std::lock_guard lock(mutex_);
        ++workers_done_;
        changed_.notify_all();
    }
    bool is_due(const std::string& service) {
        const std::lock_guard lock(mutex_);
        return !failure_ && std::ranges::find(mark_.done, service) == mark_.done.end();
    }
    void note(const std::string& service, Result<void> restored) {
        const std::lock_guard lock(mutex_);
        if (restored) {
            mark_.done.push_back(service);
            restored = save_mark();
        }
        if (!restored && !failure_) failure_ = restored.error();
    }

    Result<void> restore(const BackupPart& part) {
        SHOP_CHECK(make_folder(data_dir_ / "stores" / part.service, 0700));
        const Source source = [this, from = file_.part(part)](std::span<char> out) {
            auto got = from(out);
            fed_ += static_cast<std::int64_t>(got.value_or(0));
            return got;
        };
        SHOP_TRY(totals, run_offline(data_dir_, part.service, "--restore", source));
        if (totals.value("entries", std::int64_t{-1}) == part.entries) return {};
        return fail(Code::internal, part.service +
                                        "'s store holds another number of entries than "
                                        "the backup. Use another one.");
    }

    void show(Progress progress) {
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, 100ms, [&] { return workers_done_ == kAtOnce; }))
            progress.update(static_cast<std::uint64_t>(fed_.load()),
                            static_cast<std::uint64_t>(file_.bytes()));
    }

    const BackupFile& file_;
    const fs::path data_dir_;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<std::int64_t> fed_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    RestoreMark mark_;              // guarded by mutex_
    std::optional<Error> failure_;  // guarded by mutex_, the first one
    std::size_t workers_done_ = 0;  // guarded by mutex_
};

}  // namespace

bool holds_shop(const fs::path& data_dir) {
    return std::ranges::any_of(api::all_services(), [&](const api::ServiceTable* service) {
        return has_store(data_dir, service->name);
    });
}

Result<void> check_room(const BackupFile& file, const fs::path& data_dir) {
    struct statvfs disk {};
    if (::statvfs(data_dir.c_str(), &disk) != 0) return {};  // then the restore itself will say
    const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
    const double plain = static_cast<double>(file.manifest().bytes_plain());
    const double needed = plain * kStoreBytesPerPlainByte + static_cast<double>(kRoomBeside);
    if (free >= needed) return {};
    return fail(Code::insufficient_storage, "The disk of " + data_dir.string() + " has " +
                                                size_text(static_cast<std::int64_t>(free)) +
                                                " free, and the restore may need " +
                                                size_text(static_cast<std::int64_t>(needed)) +
                                                ". Free some, or restore elsewhere.");
}

Result<void> restore_stores(const Shell& shell, const BackupFile& file, const std::string& path,
                            const fs::path& data_dir) {
    return Restore(file, path, data_dir).run(shell);
}

}  // namespace shop::cli
