#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "all.hpp"
#include "base/time.hpp"
#include "gateway/local.hpp"
#include "local/supervisor.hpp"
#include "local_options.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

struct UpOptions {
    LocalOptions local;
    std::string context = "local";
    bool detach = false;
    bool gateway = false;
    std::int64_t gateway_port = GatewaySettings().port;
};

Result<void> write_context(const UpOptions& options, const LocalShop& shop) {
    return update_config([&](Config& config) -> Result<void> {
        Context context;
        context.name = options.context;
        // The same folder is the same shop: whoever is signed in stays so.
        if (const Context* known = config.find(context.name);
            known && known->data_dir == options.local.data_dir)
            context = *known;
        context.users_url = shop.services[0].url;
        context.products_url = shop.services[1].url;
        context.orders_url = shop.services[2].url;
        context.storefront_url = shop.services[3].url;
        context.data_dir = options.local.data_dir;
        config.put(context);
        config.current = options.context;
        return {};
    });
}

// Who is signed in now, in words. The password may be another one than the file says: it was
// changed, or the accounts are those of a backup.
Result<std::string> sign_in(const Shell& shell, const UpOptions& options) {
    const std::string by_hand = "sign in with: shopctl login USERNAME";
    SHOP_TRY(chosen, load_config());
    if (const auto& login = chosen.find(options.context)->login)
        return "signed in as " + login->username + ".";
    const auto file = options.local.data_dir / "admin.txt";
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return by_hand;
    SHOP_TRY(admin, first_admin(options.local.data_dir));
    Options with_context = shell.options();
    with_context.context = options.context;
    const auto done = Shell(with_context).sign_in(admin.username, admin.password);
    if (done) return "signed in as the first administrator (" + file.string() + ").";
    if (done.error().code != Code::unauthenticated) return tl::make_unexpected(done.error());
    return "the password in " + file.string() + " is not the account's; " + by_hand;
}

Result<int> announce(Shell& shell, const UpOptions& options, const LocalShop& shop) {
    SHOP_CHECK(write_context(options, shop));
    SHOP_TRY(signed_in, sign_in(shell, options));
    for (const LocalService& service : shop.services)
        shell.say(fmt::format("{:<11} {}", service.name, service.url));
    if (!shop.gateway.empty())
        shell.say("gateway     " + shop.gateway + " (its certificate: " +
                  (gateway_folder(options.local.data_dir) / "localhost.crt").string() + ")");
    shell.say("The shop is ready: context \"" + options.context + "\", " + signed_in);
    return kExitDone;
}

Result<int> run_attached(Shell& shell, const UpOptions& options) {
    Supervisor supervisor(options.local, [&](std::string_view line) { shell.say(line); });
    SHOP_TRY(shop, supervisor.start());
    if (const auto announced = announce(shell, options, shop); !announced) {
        supervisor.stop();
        return announced;
    }
    shell.say("Ctrl-C ends it.");
    SHOP_CHECK(supervisor.watch());
    shell.say("The shop is down.");
    return kExitDone;
}

// What a shop in the background has to say.
void note(const UpOptions& options, std::string_view line) {
    const auto path = options.local.data_dir / "log/up.log";
    const int log = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string text = format_time(system_clock().now()) + " " + std::string(line) + "\n";
    (void)!::write(log, text.data(), text.size());
    ::close(log);
}

// In the background process: tells the one in front through `pipe` when the shop is ready, or why
// not.
[[noreturn]] void run_detached(Shell& shell, const UpOptions& options, int pipe) {
    ::setsid();
    Supervisor supervisor(options.local, [&](std::string_view line) { note(options, line); });
    const auto shop = supervisor.start();
    auto announced = shop ? announce(shell, options, *shop) : tl::make_unexpected(shop.error());
    if (shop && !announced) supervisor.stop();
    const std::string outcome = announced ? "ready"
                                          : std::string(info(announced.error().code).name) + " " +
                                                announced.error().message;
    (void)!::write(pipe, outcome.data(), outcome.size());
    ::close(pipe);
    if (!announced) ::_exit(kExitFailed);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, fd);
    const auto watched = supervisor.watch();
    if (!watched) note(options, watched.error().message);
    ::_exit(watched ? kExitDone : kExitFailed);
}

Result<int> detach(Shell& shell, const UpOptions& options) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(Code::unavailable, "No pipe can be had: too many open files?");
    const pid_t pid = ::fork();
    if (pid < 0) return fail(Code::unavailable, "No process can be had.");
    if (pid == 0) run_detached(shell, options, ends[1]);
    ::close(ends[1]);
    std::string outcome;
    std::array<char, 1024> buffer{};
    for (ssize_t n = 0; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
        outcome.append(buffer.data(), static_cast<std::size_t>(n));
    ::close(ends[0]);
    if (outcome == "ready") return kExitDone;
    const auto blank = outcome.find(' ');
    if (blank == std::string::npos) return fail(Code::unavailable, "The shop did not start.");
    return fail(code_named(outcome.substr(0, blank)), outcome.substr(blank + 1));
}

}  // namespace

Command up() {
    return {
        "up", "Start a shop on this machine", [](Args& args) -> Run {
            auto options = std::make_shared<UpOptions>();
            auto data = add_data_option(args);
            args.integer("--port-base", options->local.port_base,
                         "The services take the ports after this one", 1024, 65000);
            args.text("--name", options->context, "Name of the context to write");
            args.flag("--detach", options->detach, "Return when it is ready; it goes on running");
            args.flag("--course-api,!--no-course-api", options->local.course_api,
                      "Serve the course's API too");
            args.flag("--gateway", options->gateway, "Run HAProxy before it, with TLS");
            args.integer("--gateway-port", options->gateway_port, "Where the gateway listens", 1024,
                         65535);
            return [options, data](Shell& shell) -> Result<int> {
                options->local.data_dir = data_folder(*data);
                if (options->gateway) options->local.gateway_port = options->gateway_port;
                return options->detach ? detach(shell, *options) : run_attached(shell, *options);
            };
        }};
}

}  // namespace shop::cli
