// What a service manager and a daemon tell each other, by systemd's protocols: sockets that were
// opened for us (sd_listen_fds(3)), our state (sd_notify(3)), the watchdog
// (sd_watchdog_enabled(3)). They are three variables and a datagram; libsystemd would bring itself
// and six more libraries into each daemon, for a tenth of its memory.
//
// Thread safety: any thread, as long as nobody changes the environment.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace shop::runtime {

inline constexpr int kFirstPassedSocket = 3;

// How many sockets were passed to this process, from kFirstPassedSocket on; later children of ours
// do not inherit them. 0 without a service manager.
int passed_sockets();
// "READY=1", "STOPPING=1", "WATCHDOG=1". Nothing happens without a service manager, or where it
// does not listen.
void notify_manager(std::string_view state);
// How long we may be silent before we are taken for dead; nothing where nobody watches.
std::optional<std::chrono::microseconds> watchdog_patience();

}  // namespace shop::runtime
