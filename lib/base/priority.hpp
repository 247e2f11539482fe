// The weight of the calling thread among others.
//
// Thread safety: any thread; it changes the calling one alone.
#pragma once

namespace shop {

// For long work that may wait: from now on the thread runs where a processor has nothing else to do
// (SCHED_IDLE), and leaves it at once to whoever wakes up. The lowest nice value is not enough:
// with it a thread ends its slice first, and beside compression a purchase then took ten times as
// long.
void yield_to_others();

}  // namespace shop
