#include "runtime/snapshots.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <condition_variable>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/limits.hpp"
#include "base/priority.hpp"
#include "base/random.hpp"
#include "base/zstd.hpp"
#include "runtime/log.hpp"
#include "store/dump.hpp"
#include "store/upgrade.hpp"

namespace shop::runtime {
namespace {

constexpr std::string_view kRunning = "running";
constexpr std::string_view kReady = "ready";
constexpr std::string_view kFailed = "failed";

// Whoever does not ask for a piece for so long has gone.
constexpr auto kFetchPauseMax = std::chrono::minutes(1);

// Of the disk that the shop's own changes are kept for.
constexpr std::uint64_t kDiskLeftMin = std::uint64_t{64} << 20;

// The file that the compressed dump goes to, with its hash.
class DumpFile {
public:
    static Result<std::unique_ptr<DumpFile>> make(const std::filesystem::path& path) {
        Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!file) return fail_call("make", path.native());
        return std::make_unique<DumpFile>(std::move(file));
    }
    explicit DumpFile(Descriptor file) : file_(std::move(file)) {}

    Result<void> write(std::string_view bytes) {
        SHOP_CHECK(check_disk());
        hash_.add(bytes);
        size_ += bytes.size();
        return write_to(file_.fd(), bytes, "the snapshot's file");
    }
    std::uint64_t size() const { return size_; }
    std::string sha256_hex() { return hash_.hex(); }

private:
    Result<void> check_disk() const {
        struct statvfs disk {};
        if (::fstatvfs(file_.fd(), &disk) != 0 || disk.f_bavail * disk.f_frsize >= kDiskLeftMin)
            return {};
        return fail(Code::insufficient_storage,
                    "the disk has no room for a snapshot beside the shop's own changes; free some");
    }

    Descriptor file_;
    std::uint64_t size_ = 0;
    Sha256 hash_;
};

}  // namespace

// One snapshot, from the moment it is asked for.
struct Snapshots::Job {
    api::StoreSnapshot shown;      // guarded by Snapshots::mutex_
    Time touched{};                // guarded by Snapshots::mutex_; when it was last written or read
    std::condition_variable news;  // of it
    std::filesystem::path file;
    std::atomic<bool> broken_off = false;
    std::thread thread;

    // Waits for the thread, which takes Snapshots::mutex_ while it runs.
    ~Job() {
        broken_off = true;
        if (thread.joinable()) thread.join();
        std::error_code none;
        std::filesystem::remove(file, none);
    }
};

Snapshots::Snapshots(Parts parts) : parts_(std::move(parts)) {
    std::error_code none;
    std::filesystem::remove_all(parts_.folder, none);
}

Snapshots::~Snapshots() = default;

Result<api::StoreSnapshot> Snapshots::take(const std::string& id) {
    std::unique_ptr<Job> former;  // ends after the lock
    std::unique_lock lock(mutex_);
    if (job_ && job_->shown.id == id) return job_->shown;
    if (job_ && is_wanted(*job_))
        return fail(Code::conflict, "Another backup is being made; try again when it is done.");
    SHOP_CHECK(make_folder(parts_.folder, 0700));
    former = std::exchange(job_, std::make_unique<Job>());
    Job& job = *job_;
    job.file = parts_.folder / (id + ".zst");
    job.shown = {.id = id, .service = parts_.service, .state = std::string(kRunning)};
    job.thread = std::thread([this, &job] { run(job); });
    job.news.wait(lock,
                  [&] { return job.shown.taken_at != Time{} || job.shown.state != kRunning; });
    if (job.shown.state == kFailed) return fail(Code::unavailable, job.shown.reason);
    return job.shown;
}

bool Snapshots::is_wanted(const Job& job) const {
    if (job.shown.state == kRunning) return true;
    return job.shown.state == kReady && parts_.clock.now() - job.touched < kFetchPauseMax;
}

Result<Snapshots::Job*> Snapshots::job_of(const std::string& id) const {
    if (job_ && job_->shown.id == id) return job_.get();
    return fail(Code::not_found,
                "There is no such snapshot: it was thrown away, or another one took its place.");
}

Result<api::StoreSnapshot> Snapshots::find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    SHOP_TRY(job, job_of(id));
    return job->shown;
}

Result<std::string> Snapshots::read(const std::string& id, std::int64_t offset) const {
    const std::lock_guard lock(mutex_);
    SHOP_TRY(job, job_of(id));
    if (job->shown.state == kRunning)
        return fail(Code::conflict, "The snapshot is still being written; ask again.");
    if (job->shown.state == kFailed) return fail(Code::conflict, job->shown.reason);
    job->touched = parts_.clock.now();
    if (offset >= job->shown.bytes) return std::string();
    const Descriptor file(::open(job->file.c_str(), O_RDONLY | O_CLOEXEC));
    std::string piece(limits::kPieceBytes, '\0');
    const ssize_t count = ::pread(file.fd(), piece.data(), piece.size(), offset);
    if (count < 0) return fail(Code::unavailable, "The snapshot's file cannot be read.");
    piece.resize(static_cast<std::size_t>(count));
    return piece;
}

Result<void> Snapshots::drop(const std::string& id) {
    std::unique_ptr<Job> dropped;  // ends after the lock
    const std::lock_guard lock(mutex_);
    SHOP_CHECK(job_of(id));
    dropped = std::move(job_);
    return {};
}

void Snapshots::run(Job& job) {
    yield_to_others();
    const auto done =
        parts_.store.read([&](const store::Snapshot& snapshot) { return write(job, snapshot); });
    const std::lock_guard lock(mutex_);
    if (!done) {
        job.shown.state = kFailed;
        job.shown.reason = done.error().message;
        log::warning("a snapshot failed", {{"reason", done.error().message}});
    } else {
        job.shown.state = kReady;
        job.touched = parts_.clock.now();
    }
    job.news.notify_all();
}

Result<void> Snapshots::write(Job& job, const store::Snapshot& snapshot) {
    std::int64_t entries = 0;
    for (store::Table table = 0; table < parts_.tables.size(); ++table)
        entries += static_cast<std::int64_t>(snapshot.count(table));
    {
        const std::lock_guard lock(mutex_);
        job.shown.format = store::store_format();
        job.shown.taken_at = parts_.clock.now();
        job.shown.entries_all = entries;
        job.news.notify_all();
    }
    SHOP_TRY(file, DumpFile::make(job.file));
    ZstdWriter zstd([&](std::string_view bytes) -> Result<void> {
        if (job.broken_off) return fail(Code::unavailable, "the snapshot was broken off");
        return file->write(bytes);
    });
    std::int64_t plain = 0;
    const auto say = [&](const store::DumpTotals& totals) {
        const std::lock_guard lock(mutex_);
        job.shown.entries = static_cast<std::int64_t>(totals.entries);
        job.shown.bytes_plain = plain;
        job.shown.bytes = static_cast<std::int64_t>(file->size());
    };
    const auto compress = [&](std::string_view bytes) {
        plain += static_cast<std::int64_t>(bytes.size());
        return zstd.write(bytes);
    };
    SHOP_TRY(totals,
             store::write_dump(snapshot, parts_.tables, store::store_format(), compress, say));
    SHOP_CHECK(zstd.finish());
    say(totals);
    const std::lock_guard lock(mutex_);
    job.shown.sha256 = file->sha256_hex();
    return {};
}

}  // namespace shop::runtime
