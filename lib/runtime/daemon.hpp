// The life of a daemon: settings -> store -> bind -> serve -> READY=1 -> wait -> drain -> close.
//
// SIGTERM and SIGINT drain within `drain_seconds`, a second one exits at once; SIGHUP reads the log
// level and the TLS files again. The watchdog hears of us as long as the front's loop goes round.
// Exit codes: 0 drained, 1 failed (said on stderr; with --health for whatever reason), 2 bad
// settings, 74 the disk failed.
//
// Thread safety: run_daemon owns the process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/version.hpp"
#include "runtime/needs.hpp"
#include "runtime/service.hpp"
#include "runtime/settings.hpp"

namespace shop::http {
class TlsClient;
}

namespace shop::runtime {

// What a daemon's wiring gets.
struct DaemonContext {
    const DaemonSettings& settings;
    const Clock& clock;
    Metrics& metrics;
    auth::Verifier& verifier;
    auth::Signer& signer;  // with this daemon's own key
    std::string version;
    std::string commit;
    // For calls of other services: shows them our certificate, and trusts tls_ca; null where
    // neither is set.
    std::shared_ptr<const http::TlsClient> tls = nullptr;
};

// A daemon's own part: its store and rules behind a bound and sealed Service.
class App {
public:
    virtual ~App() = default;
    virtual Service& service() = 0;
    virtual void start() {}  // background threads, after the sockets are bound
    virtual void stop() {}   // ends them, after the drain
};

struct DaemonSpec {
    const api::ServiceTable* table;
    // The daemon's own groups, beside DaemonSettings. make() copies what it needs: SIGHUP reads
    // them again, in place.
    std::vector<SettingsGroup> settings;
    std::function<Result<std::unique_ptr<App>>(const DaemonContext&)> make;
    // What --check-config looks at beyond the tables of the settings; may be empty.
    std::function<Result<void>()> check = {};
    // What it calls of other services, for --describe; they outlive it.
    std::vector<const Needs*> needs = {};
};

int run_daemon(const DaemonSpec& spec, int argc, char** argv);

}  // namespace shop::runtime
