// One bound for what all connections of a front hold of bodies and of answers that nobody reads:
// each is bounded by itself, but thousands together would still fill the memory.
//
// Thread safety: any thread; a Share belongs to one connection.
#pragma once

#include <atomic>
#include <cstddef>

namespace shop::http {

class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // What one connection holds; given back with the object.
    class Share {
    public:
        explicit Share(MemoryBudget& budget) : budget_(budget) {}
        ~Share() { budget_.used_ -= bytes_; }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        // Sets it. False where it grows beyond what is left for all; it is counted nevertheless,
        // until it shrinks. The first kFreeBytes are free, so that small requests, which the limit
        // of connections bounds well enough, do not meet at one counter.
        bool set(std::size_t bytes) {
            const std::size_t counted = bytes > kFreeBytes ? bytes : 0;
            if (counted == bytes_) return true;
            const bool grows = counted > bytes_;
            const std::size_t total = budget_.used_ += counted - bytes_;  // modulo 2^64: may fall
            bytes_ = counted;
            return !grows || total <= budget_.bytes_max_;
        }

    private:
        static constexpr std::size_t kFreeBytes = std::size_t{16} * 1024;
        MemoryBudget& budget_;
        std::size_t bytes_ = 0;
    };

private:
    const std::size_t bytes_max_;
    std::atomic<std::size_t> used_{0};
};

}  // namespace shop::http
