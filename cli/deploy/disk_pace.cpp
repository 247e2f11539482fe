#include "deploy/disk_pace.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr mode_t kMode = 0600;

}  // namespace

DiskPace::DiskPace(const std::filesystem::path& folder)
    : file_(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode)) {}

void DiskPace::measure() {
    if (!file_) return;
    static const std::string kPage(kPageBytes, 'x');
    const auto began = std::chrono::steady_clock::now();
    if (::pwrite(file_.fd(), kPage.data(), kPage.size(), 0) != std::ssize(kPage) ||
        ::fdatasync(file_.fd()) != 0)
        return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    figures_.requests += 1;
    figures_.seconds += took.count();
}

}  // namespace shop::cli::deploy
