// shop-picture: makes the pictures that a shop shows from the one on standard input. See
// picture/frames.hpp.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <new>

#include "base/descriptor.hpp"
#include "base/limits.hpp"
#include "base/version.hpp"
#include "picture/program/render.hpp"

#ifdef __SANITIZE_ADDRESS__
// The search for leaks reads /proc, which a process that may open nothing can't.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

namespace {

using shop::picture::kExitFailed;
using shop::picture::kExitRefused;

// A decoded picture has 160 MB at most, and a decoder may need as much again. What the service's
// unit allows in memory follows from it.
constexpr rlim_t kMemoryBytesMax = rlim_t{384} << 20;
constexpr rlim_t kCpuSecondsMax = 10;
constexpr rlim_t kFileBytesMax = rlim_t{32} << 20;

bool bound(__rlimit_resource what, rlim_t value) {
    const rlimit limit{value, value};
    return ::setrlimit(what, &limit) == 0;
}

// Whatever a file makes a decoder do: it ends soon, and has nothing to reach for.
bool bound_self() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr bool kHasShadow = true;  // the sanitizer's own, of terabytes
#else
    constexpr bool kHasShadow = false;
#endif
    return (kHasShadow || bound(RLIMIT_AS, kMemoryBytesMax)) && bound(RLIMIT_CPU, kCpuSecondsMax) &&
           bound(RLIMIT_FSIZE, kFileBytesMax) && bound(RLIMIT_CORE, 0) && bound(RLIMIT_NOFILE, 3) &&
           ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

shop::Result<std::string> read_stdin() {
    std::string bytes(shop::limits::kPictureBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = ::read(STDIN_FILENO, bytes.data() + size, bytes.size() - size);
        if (got < 0) return shop::fail_call("read", "the picture");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size == bytes.size())
        return shop::fail(shop::Code::invalid_argument, "The picture is too large.");
    bytes.resize(size);
    return bytes;
}

shop::Result<void> make_pictures() {
    SHOP_TRY(bytes, read_stdin());
    SHOP_TRY(header, shop::picture::read_header(bytes));
    SHOP_TRY(made, shop::picture::render(header, bytes));
    return shop::write_to(STDOUT_FILENO, shop::picture::write_renditions(made), "the pictures");
}

int say_usage(bool asked) {
    (asked ? std::cout : std::cerr) << "shop-picture is started by shop-productd: it makes the "
                                       "shop's pictures from the one on standard input.\n";
    return asked ? 0 : kExitFailed;
}

int refuse(const std::string& why) {
    std::cerr << why << "\n";
    return kExitRefused;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "--version") {
        std::cout << "shop-picture " << shop::build_version() << " (" << shop::build_commit()
                  << ")\n";
        return 0;
    }
    if (argc > 1) return say_usage(std::string_view(argv[1]) == "--help");
    if (!bound_self()) {
        std::cerr << "shop-picture can't bound its memory and time.\n";
        return kExitFailed;
    }
    try {
        const auto made = make_pictures();
        if (made) return 0;
        if (made.error().code == shop::Code::invalid_argument) return refuse(made.error().message);
        std::cerr << made.error().message << "\n";
    } catch (const std::bad_alloc&) {
        return refuse("The picture takes too much memory; send a smaller one.");
    }
    return kExitFailed;
}
