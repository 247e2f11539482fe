// The three daemons of a shop without a supervisor: killed and started again by the test alone,
// with the time that each start took until the daemon was ready.
//
// Thread safety: url() and admin() from any thread; the rest from one.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/users.hpp"
#include "http/client.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace shop::torture {

enum class Service : std::uint8_t { userd, productd, orderd };
inline constexpr std::size_t kServices = 3;

struct RestartFigures {
    std::vector<int> kills = std::vector<int>(kServices);  // by Service
    int killed_before_ready = 0;
    std::vector<std::chrono::duration<double, std::milli>> ready_after;  // from the start on
};

class KilledShop {
public:
    using Clock = std::chrono::steady_clock;

    // All are ready afterwards. std::runtime_error where one does not get there.
    KilledShop();
    KilledShop(const KilledShop&) = delete;
    KilledShop& operator=(const KilledShop&) = delete;

    std::string url(Service service) const;
    const api::Credentials& admin() const { return admin_; }

    // kill -9, and a new start as soon as the process is gone.
    void kill(Service service);
    // Until `end`; looks meanwhile for starts that have become ready.
    void watch(Clock::time_point end);
    // Until all are ready. A daemon that does not get there is a fault.
    void wait_ready();
    // SIGTERM for all: they finish what they do and end with 0; anything else is a fault.
    void end();

    const RestartFigures& figures() const { return figures_; }
    // Daemons that ended by themselves or never became ready, with what they wrote last.
    const std::vector<std::string>& faults() const { return faults_; }

private:
    struct Daemon {
        ~Daemon();  // kills it where it still runs
        std::unique_ptr<test::Process> process;
        std::future<test::Outcome> ended;
        std::unique_ptr<http::Client> probe;
        Clock::time_point started{};
        bool ready = false;
    };

    void start(Service service);
    // Whether it is ready; notes the first time that it is.
    bool look(Daemon& daemon);
    // Looks again and again until all are, or `end`. Whether all are.
    bool look_until(Clock::time_point end);
    void end_with(Service service, int signal, int exit_code);

    test::TempFolder folder_;
    const int port_base_;
    api::Credentials admin_;
    std::map<Service, Daemon> daemons_;
    RestartFigures figures_;
    std::vector<std::string> faults_;
};

const char* name_of(Service service);

}  // namespace shop::torture
