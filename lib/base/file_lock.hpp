// A lock on a file or a folder, between processes and within one: flock(2).
//
// Held until the object, or the process, ends, however it ends. It belongs to the object and no
// thread: two objects exclude each other in one process as in two. What a program starts with exec
// does not hold it; a child of a bare fork does.
//
// Thread safety: one owner.
#pragma once

#include <chrono>
#include <filesystem>

#include "base/descriptor.hpp"

namespace shop {

class FileLock {
public:
    enum class Kind { shared, exclusive };

    FileLock() = default;  // holds nothing
    // Opens the file (made with mode 0600 where missing; its folder must be there) or the folder,
    // and tries to get the lock until `wait_max` is over; 0: once.
    FileLock(const std::filesystem::path& path, Kind kind,
             std::chrono::milliseconds wait_max = std::chrono::milliseconds(0));

    bool held() const { return static_cast<bool>(file_); }
    // Why it is not held: EWOULDBLOCK where another holds it, or the errno of open(2).
    int error() const { return error_; }
    void release() { file_.close(); }

private:
    Descriptor file_;
    int error_ = 0;
};

}  // namespace shop
