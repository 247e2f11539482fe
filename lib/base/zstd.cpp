#include "base/zstd.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <cassert>
#include <new>

namespace shop {
namespace {

constexpr int kLevel = 3;  // of 19: quicker than a disk, and most of what the higher ones save
// 8 MiB, four times what a writer of that level needs: what a reader allocates at most.
constexpr int kWindowLogMax = 23;

Failure damaged(std::string_view what) {
    return fail(Code::invalid_argument,
                fmt::format("the backup is damaged ({}); take another one", what));
}

}  // namespace

void ZstdWriter::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }
void ZstdReader::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

ZstdWriter::ZstdWriter(Sink sink)
    : sink_(std::move(sink)), context_(ZSTD_createCCtx()), out_(ZSTD_CStreamOutSize(), '\0') {
    if (!context_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

Result<void> ZstdWriter::write(std::string_view bytes) { return compress(bytes, false); }
Result<void> ZstdWriter::finish() { return compress({}, true); }

Result<void> ZstdWriter::compress(std::string_view bytes, bool end) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (bool done = false; !done;) {
        ZSTD_outBuffer out{out_.data(), out_.size(), 0};
        const std::size_t left =
            ZSTD_compressStream2(context_.get(), &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            return fail(Code::internal,
                        fmt::format("cannot compress: {}", ZSTD_getErrorName(left)));
        if (out.pos > 0) SHOP_CHECK(sink_({out_.data(), out.pos}));
        done = end ? left == 0 : in.pos == in.size;
    }
    return {};
}

ZstdReader::ZstdReader(Source source) : source_(std::move(source)), context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLogMax);
}

// Asks the source where all that came from it is taken.
Result<void> ZstdReader::refill() {
    if (taken_ < in_.size() || source_ended_) return {};
    in_.resize(ZSTD_DStreamInSize());
    SHOP_TRY(got, source_(in_));
    in_.resize(got);
    taken_ = 0;
    source_ended_ = got == 0;
    return {};
}

Result<std::size_t> ZstdReader::read(std::span<char> out) {
    assert(!out.empty());
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (to.pos == 0) {
        SHOP_CHECK(refill());
        if (frame_ended_) {
            if (!source_ended_) return damaged("bytes follow its end");
            return 0;
        }
        ZSTD_inBuffer from{in_.data(), in_.size(), taken_};
        const std::size_t left = ZSTD_decompressStream(context_.get(), &to, &from);
        if (ZSTD_isError(left) != 0) return damaged(ZSTD_getErrorName(left));
        if (left == 0) frame_ended_ = true;
        // What the decoder still holds of the frame comes without more input.
        else if (to.pos == 0 && source_ended_ && from.pos == taken_)
            return damaged("it is cut off");
        taken_ = from.pos;
    }
    return to.pos;
}

}  // namespace shop
