// Ctrl-C as a question: work that must not stop anywhere asks between its steps whether to go on.
//
// Thread safety: wanted() from any thread; an Interrupt belongs to the main thread, one at a time.
#pragma once

#include <csignal>

#include "base/error.hpp"

namespace shop::cli {

class Interrupt {
public:
    // While it lives a first SIGINT, SIGTERM or SIGHUP is noted, and a second one ends the process.
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    // Whether one of them came, also where they are blocked.
    static bool wanted();
    static Failure failure();
};

}  // namespace shop::cli
