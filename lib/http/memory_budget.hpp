// One bound for what all connections of a front hold of bodies and of answers that nobody reads:
// each is bounded by itself, but thousands together would still fill the memory. The loop ends
// connections where the bound is passed (Front::Impl::shed).
//
// Thread safety: any thread; a Share belongs to whoever owns its connection.
#pragma once

#include <atomic>
#include <cstddef>

namespace shop::http {

class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    bool passed() const { return used_ > bytes_max_; }

    // What one connection holds; given back with the object.
    class Share {
    public:
        explicit Share(MemoryBudget& budget) : budget_(budget) {}
        ~Share() { budget_.used_ -= bytes_; }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        // The first kFreeBytes are not counted, so that small requests, which the limit of
        // connections bounds well enough, do not meet at one counter.
        void set(std::size_t bytes) {
            const std::size_t counted = bytes > kFreeBytes ? bytes : 0;
            if (counted == bytes_) return;
            budget_.used_ += counted - bytes_;  // modulo 2^64: it may fall
            bytes_ = counted;
        }
        bool empty() const { return bytes_ == 0; }

    private:
        static constexpr std::size_t kFreeBytes = 4096;
        MemoryBudget& budget_;
        std::size_t bytes_ = 0;
    };

private:
    const std::size_t bytes_max_;
    std::atomic<std::size_t> used_{0};
};

}  // namespace shop::http
