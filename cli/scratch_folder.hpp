// A folder of its own below another; gone, with all in it, at the end.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/error.hpp"

namespace shop::cli {

class ScratchFolder {
public:
    // unavailable where none can be made; `remedy` is what its message says to do then.
    static Result<std::unique_ptr<ScratchFolder>> make(const std::filesystem::path& below,
                                                       std::string_view remedy);
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace shop::cli
