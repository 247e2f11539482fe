#include "local/interrupt.hpp"

#include <atomic>

namespace shop::cli {
namespace {

constexpr int kEndingSignals[] = {SIGINT, SIGTERM, SIGHUP};
std::atomic<bool> ending_signal_came = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

Interrupt::Interrupt() {
    struct sigaction note {};
    note.sa_handler = [](int) { ending_signal_came = true; };
    note.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : kEndingSignals) ::sigaction(signal, &note, nullptr);
}

Interrupt::~Interrupt() {
    for (const int signal : kEndingSignals) std::signal(signal, SIG_DFL);
    ending_signal_came = false;
}

bool Interrupt::wanted() {
    if (ending_signal_came) return true;
    sigset_t pending;
    sigemptyset(&pending);
    ::sigpending(&pending);
    for (const int signal : kEndingSignals)
        if (sigismember(&pending, signal) == 1) return true;
    return false;
}

Failure Interrupt::failure() { return fail(Code::internal, "Interrupted."); }

}  // namespace shop::cli
