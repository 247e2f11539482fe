#include "gateway/haproxy.hpp"

#include <unistd.h>

#include <cstdlib>

#include "base/text.hpp"
#include "http/tls.hpp"
#include "program.hpp"

namespace shop::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::days kRenewBefore{14};

}  // namespace

Result<fs::path> find_haproxy() {
    const char* path = std::getenv("PATH");
    const std::string folders = std::string(path ? path : "") + ":/usr/sbin:/usr/local/sbin";
    for (const auto folder : split(folders, ':')) {
        const fs::path program = fs::path(folder) / "haproxy";
        if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
    }
    return fail(Code::failed_precondition,
                "HAProxy is not installed. Install it with: sudo apt install haproxy");
}

Result<std::string> check_configuration(const std::string& text) {
    SHOP_TRY(program, find_haproxy());
    SHOP_TRY(said, run_program({program.string(), "-c", "-f", "/proc/self/fd/0"}, {.input = text}));
    std::string words(trim(said.complaint + said.output));
    if (!said.good()) return fail(Code::failed_precondition, "HAProxy refuses it:\n" + words);
    return words == "Configuration file is valid" ? "" : words;
}

Result<Time> check_certificate(const fs::path& certificate, Time now) {
    auto loaded = http::TlsServer::load({certificate, key_of(certificate)});
    if (!loaded)
        return fail(Code::failed_precondition,
                    "The certificate is of no use: " + loaded.error().message);
    const Time end = (*loaded)->not_after();
    if (end <= now)
        return fail(Code::failed_precondition, certificate.string() + " is over since " +
                                                   format_time(end) +
                                                   "; get a new one and render again.");
    return end;
}

bool ends_soon(Time end, Time now) { return end - now < kRenewBefore; }

}  // namespace shop::cli
