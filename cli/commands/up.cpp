#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "all.hpp"
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
};

Result<void> write_context(Shell& shell, const UpOptions& options, const LocalShop& shop) {
    SHOP_CHECK(update_config([&](Config& config) -> Result<void> {
        Context context;
        context.name = options.context;
        // The same folder is the same shop: whoever is signed in stays so.
        if (const Context* known = config.find(context.name);
            known && known->data_dir == options.local.data_dir)
            context = *known;
        context.users_url = shop.services[0].url;
        context.products_url = shop.services[1].url;
        context.orders_url = shop.services[2].url;
        context.data_dir = options.local.data_dir;
        config.put(context);
        config.current = options.context;
        return {};
    }));
    SHOP_TRY(chosen, load_config());
    if (chosen.find(options.context)->login) return {};
    SHOP_TRY(admin, first_admin(options.local.data_dir));
    Options with_context = shell.options();
    with_context.context = options.context;
    return Shell(with_context).sign_in(admin.username, admin.password).map([](const Json&) {});
}

Result<int> announce(Shell& shell, const UpOptions& options, const LocalShop& shop) {
    SHOP_CHECK(write_context(shell, options, shop));
    for (const LocalService& service : shop.services)
        shell.say(service.name + std::string(10 - service.name.size(), ' ') + service.url);
    shell.say("The shop is ready: context \"" + options.context +
              "\", signed in as the first administrator (" +
              (options.local.data_dir / "admin.txt").string() + ").");
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

// In the background process: tells the one in front through `pipe` when the shop is ready, or why
// not.
[[noreturn]] void run_detached(Shell& shell, const UpOptions& options, int pipe) {
    ::setsid();
    Supervisor supervisor(options.local, [](std::string_view) {});
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
    ::_exit(supervisor.watch() ? kExitDone : kExitFailed);
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
            return [options, data](Shell& shell) -> Result<int> {
                options->local.data_dir = data_folder(*data);
                return options->detach ? detach(shell, *options) : run_attached(shell, *options);
            };
        }};
}

}  // namespace shop::cli
