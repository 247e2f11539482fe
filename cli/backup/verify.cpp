#include "backup/verify.hpp"

#include "base/random.hpp"
#include "base/zstd.hpp"
#include "local/interrupt.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

// The dump of one service on its way through the hash into the decompressor.
class PartReader {
public:
    PartReader(const BackupFile& file, const BackupPart& part, std::int64_t done_before,
               const BytesDone& progress)
        : part_(part), source_(file.part(part)), done_(done_before), progress_(progress) {}

    // What is wrong with it; empty: nothing.
    Result<std::string> verdict() {
        ZstdReader reader([this](std::span<char> out) { return read(out); });
        std::string plain(kReadBytes, '\0');
        std::int64_t bytes_plain = 0;
        for (;;) {
            const auto got = reader.read(plain);
            SHOP_CHECK(read_);  // ours, and no verdict about the backup
            if (!got) return std::string("its dump can't be unpacked");
            if (*got == 0) break;
            bytes_plain += static_cast<std::int64_t>(*got);
            if (bytes_plain > part_.bytes_plain)
                return std::string("its dump holds more than its manifest says");
        }
        if (bytes_plain != part_.bytes_plain)
            return std::string("its dump holds less than its manifest says");
        if (hash_.hex() != part_.sha256)
            return std::string("its dump is not the one that was written");
        return std::string();
    }

private:
    Result<std::size_t> read(std::span<char> out) {
        auto got = Interrupt::wanted() ? Result<std::size_t>(Interrupt::failure()) : source_(out);
        if (!got) {
            read_ = tl::make_unexpected(got.error());
            return got;
        }
        hash_.add({out.data(), *got});
        done_ += static_cast<std::int64_t>(*got);
        if (progress_) progress_(done_);
        return got;
    }

    const BackupPart& part_;
    Source source_;
    Sha256 hash_;
    std::int64_t done_;
    const BytesDone& progress_;
    Result<void> read_;
};

}  // namespace

Result<std::vector<PartVerdict>> verify_parts(const BackupFile& file, const BytesDone& progress) {
    std::vector<PartVerdict> out;
    std::int64_t done = 0;
    for (const BackupPart& part : file.manifest().services) {
        SHOP_TRY(problem, PartReader(file, part, done, progress).verdict());
        out.push_back({&part, std::move(problem)});
        done += part.bytes;
    }
    return out;
}

Result<void> verify_whole(const BackupFile& file, const BytesDone& progress) {
    SHOP_TRY(verdicts, verify_parts(file, progress));
    for (const PartVerdict& verdict : verdicts)
        if (!verdict.problem.empty())
            return fail(Code::invalid_argument, "The backup is damaged: " + verdict.part->service +
                                                    ": " + verdict.problem + ". Use another one.");
    return {};
}

}  // namespace shop::cli
