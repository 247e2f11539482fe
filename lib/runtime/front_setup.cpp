#include "runtime/front_setup.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "runtime/log.hpp"

namespace shop::runtime {

http::FrontOptions front_options(const DaemonSettings& settings) {
    const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
    http::FrontOptions options;
    options.workers = size(settings.workers);
    options.connections_max = size(settings.connections_max);
    options.connections_per_address_max = size(settings.connections_per_address_max);
    options.queue_max = size(settings.queue_max);
    options.queue_time_max = std::chrono::milliseconds(settings.queue_ms_max);
    options.buffered_bytes_max = size(settings.buffered_mib_max) * 1024 * 1024;
    options.head_deadline = std::chrono::seconds(settings.head_seconds);
    options.body_deadline = std::chrono::seconds(settings.body_seconds);
    options.idle_deadline = std::chrono::seconds(settings.idle_seconds);
    options.write_deadline = std::chrono::seconds(settings.write_seconds);
    return options;
}

void raise_descriptor_limit(std::int64_t connections) {
    constexpr rlim_t kOwn = 512;  // the store, logs, calls to others, refusals
    const rlim_t wanted = static_cast<rlim_t>(connections) + kOwn;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted)
        log::warning("this process may open too few files for connections_max",
                     {{"may", limit.rlim_cur},
                      {"needs", wanted},
                      {"remedy", "raise LimitNOFILE= of the unit, or lower connections_max"}});
}

}  // namespace shop::runtime
