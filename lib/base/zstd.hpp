// Zstandard streams: one frame with a checksum over its content, so that damage shows.
//
// Thread safety: one owner each.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/stream.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace shop {

class ZstdWriter {
public:
    explicit ZstdWriter(Sink sink);
    // Fails with the sink's error; then the writer is of no more use.
    Result<void> write(std::string_view bytes);
    // Ends the frame and hands out what is left. Without it the frame is cut off.
    Result<void> finish();

private:
    struct Free {
        void operator()(ZSTD_CCtx_s* context) const;
    };
    Result<void> compress(std::string_view bytes, bool end);

    Sink sink_;
    std::unique_ptr<ZSTD_CCtx_s, Free> context_;
    std::string out_;
};

class ZstdReader {
public:
    explicit ZstdReader(Source source);
    // How many bytes of the content it put into `out` (not empty); 0: the frame was read whole and
    // its checksum is right. Fails with the source's error, or with invalid_argument where the
    // bytes are no frame, are damaged or cut off, go on behind the frame, or need more memory than
    // a ZstdWriter's. After a failure the reader is of no more use.
    Result<std::size_t> read(std::span<char> out);

private:
    struct Free {
        void operator()(ZSTD_DCtx_s* context) const;
    };
    Result<void> refill();

    Source source_;
    std::unique_ptr<ZSTD_DCtx_s, Free> context_;
    std::string in_;         // what came from the source last
    std::size_t taken_ = 0;  // of it
    bool source_ended_ = false;
    bool frame_ended_ = false;
};

}  // namespace shop
