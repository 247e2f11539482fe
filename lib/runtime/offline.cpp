#include "runtime/offline.hpp"

#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "base/json.hpp"
#include "base/zstd.hpp"
#include "store/offline.hpp"

namespace shop::runtime {
namespace {

Result<std::size_t> read_stdin(std::span<char> out) {
    for (;;) {
        const ssize_t count = ::read(STDIN_FILENO, out.data(), out.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return fail(Code::unavailable, "standard input cannot be read");
    }
}

}  // namespace

Result<void> restore_from_stdin(const std::filesystem::path& data_dir) {
    ZstdReader reader(read_stdin);
    SHOP_TRY(totals,
             store::restore_lmdb(data_dir, [&](std::span<char> out) { return reader.read(out); }));
    std::cout << dump(Json{{"entries", totals.entries}, {"bytes", totals.bytes}}) << std::endl;
    return {};
}

Result<void> compact(const std::filesystem::path& data_dir) {
    SHOP_TRY(totals, store::compact_lmdb(data_dir));
    std::cout << dump(Json{{"bytes_before", totals.bytes_before},
                           {"bytes_after", totals.bytes_after}})
              << std::endl;
    return {};
}

}  // namespace shop::runtime
