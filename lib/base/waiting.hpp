// A thread that waits, for a disk, a service or a turn, says so, and whoever counts the threads
// that keep processors busy lets another one run meanwhile:
//
//     const Waiting waiting;
//     ::fdatasync(fd);
//
// So does a computation that takes longer than others should wait for. Nested ones count once. On a
// thread that nobody counts it does nothing.
//
// Thread safety: each thread has its own.
#pragma once

namespace shop {

class Waiting {
public:
    // Whoever counts a thread: told by the thread itself.
    class Counter {
    public:
        virtual ~Counter() = default;
        virtual void waits() noexcept = 0;
        virtual void goes_on() noexcept = 0;
    };
    // From now on `counter` counts this thread, until it is given another, or nullptr.
    static void count_this_thread(Counter* counter);

    Waiting();
    ~Waiting();
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

private:
    Counter* const counter_;  // nullptr: nobody counts, or this thread waits already
};

}  // namespace shop
