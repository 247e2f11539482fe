// The mailer that has shop-mail send.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/descriptor.hpp"
#include "base/text.hpp"
#include "mail/mailer.hpp"
#include "mail/smtp_request.hpp"
#include "schema/codec.hpp"

namespace shop::mail {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds kGrace{5};  // beyond the deadline that the program keeps itself
constexpr std::chrono::milliseconds kLook{100};  // how soon a request to stop is seen
constexpr std::size_t kReasonBytesMax = 300;

// A file in memory: what the program reads, or writes, never makes anybody wait.
Result<Descriptor> memory_file(std::string_view content) {
    Descriptor file(::memfd_create("mail", MFD_CLOEXEC));
    if (!file) return fail_call("make", "a file in memory");
    SHOP_CHECK(write_to(file.fd(), content, "a file in memory"));
    if (::lseek(file.fd(), 0, SEEK_SET) != 0) return fail_call("read", "a file in memory");
    return file;
}

struct SpawnPlan {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
};

// Where a service manager put our secrets; as a variable, for read_password() of shop-mail.
std::string credentials_variable() {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    return std::string("CREDENTIALS_DIRECTORY=") + (folder != nullptr ? folder : "");
}

// A program with nothing of ours but these two files: no environment (which could name a proxy) but
// where credentials are, no descriptor, no blocked signal.
Result<pid_t> start_program(const std::filesystem::path& program, int in, int err) {
    SpawnPlan plan;
    ::posix_spawn_file_actions_adddup2(&plan.files, in, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&plan.files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&plan.files, err, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&plan.files, STDERR_FILENO + 1);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&plan.attributes, &none);
    ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
    ::posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string name = program.string();
    const std::array<char*, 2> arguments{name.data(), nullptr};
    std::string credentials = credentials_variable();
    const std::array<char*, 2> environment{credentials.data(), nullptr};
    pid_t pid = 0;
    errno = ::posix_spawn(&pid, name.c_str(), &plan.files, &plan.attributes, arguments.data(),
                          environment.data());
    if (errno != 0) return fail_call("start", name);
    return pid;
}

// Waits for its end, and ends it where somebody stops us or its time is over. The status as
// waitpid gives it.
int wait_for(pid_t pid, SteadyTime end, const std::stop_token& stop) {
    // glibc 2.36 declares pidfd_open for C alone.
    const Descriptor child(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd watched{child.fd(), POLLIN, 0};
    while (::poll(&watched, 1, static_cast<int>(kLook.count())) <= 0)
        if (stop.stop_requested() || std::chrono::steady_clock::now() > end) {
            ::kill(pid, SIGKILL);
            break;
        }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

std::string reason_in(const Descriptor& file) {
    std::string text(kReasonBytesMax, '\0');
    const ssize_t got = ::pread(file.fd(), text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    text = trim(text);
    return text.empty() ? "shop-mail ended without a word." : text;
}

class SmtpMailer final : public Mailer {
public:
    SmtpMailer(SmtpOptions options, Sender from)
        : options_(std::move(options)), from_(std::move(from)) {}

    Result<void> send(const Message& message, std::stop_token stop) override {
        SHOP_TRY(content, compose(message, from_));
        const SmtpRequest request{.url = options_.url,
                                  .user = options_.user,
                                  .password_file = options_.password_file,
                                  .ca_file = options_.ca_file,
                                  .from = from_.address,
                                  .to = message.to,
                                  .content = content,
                                  .deadline_seconds = options_.deadline.count()};
        auto sent = run(schema::encode_text(request), stop);
        // What fails here fails for every mail, and may be mended.
        if (!sent && sent.error().code != Code::invalid_argument)
            sent.error().code = Code::unavailable;
        return sent;
    }

private:
    Result<void> run(const std::string& request, const std::stop_token& stop) const {
        SHOP_TRY(in, memory_file(request));
        SHOP_TRY(err, memory_file(""));
        SHOP_TRY(pid, start_program(options_.program, in.fd(), err.fd()));
        const auto end = std::chrono::steady_clock::now() + options_.deadline + kGrace;
        const int status = wait_for(pid, end, stop);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
        const bool never = WIFEXITED(status) && WEXITSTATUS(status) == kExitNever;
        return fail(never ? Code::invalid_argument : Code::unavailable, reason_in(err));
    }

    SmtpOptions options_;
    Sender from_;
};

// "smtp://host[:port]" and nothing else: no user, no path.
Result<void> check_url(std::string_view url) {
    const auto host = url.starts_with("smtp://")    ? url.substr(7)
                      : url.starts_with("smtps://") ? url.substr(8)
                                                    : std::string_view();
    const bool plain = host.find_first_of("/@?# \t\r\n") == host.npos;
    if (!host.empty() && !host.starts_with(':') && plain) return {};
    return fail(Code::invalid_argument,
                "The mail server's URL must be like smtp://mail.example.org:587 (with STARTTLS) or "
                "smtps://mail.example.org.");
}

Result<void> check_files(const SmtpOptions& options) {
    if (options.user.empty() != options.password_file.empty())
        return fail(Code::invalid_argument,
                    "A mail server's user and password file go together: give both, or neither.");
    if (!options.password_file.empty()) SHOP_CHECK(read_password(options.password_file));
    for (const auto& file : {options.ca_file, options.program.string()})
        if (!file.empty() && ::access(file.c_str(), R_OK) != 0) return fail_call("read", file);
    return {};
}

}  // namespace

Result<std::unique_ptr<Mailer>> make_smtp_mailer(SmtpOptions options, Sender from) {
    SHOP_CHECK(check_url(options.url));
    SHOP_CHECK(check_address(from.address));
    if (options.program.empty()) {
        std::error_code ignored;
        const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
        options.program = self.parent_path() / "shop-mail";
    }
    SHOP_CHECK(check_files(options));
    return std::make_unique<SmtpMailer>(std::move(options), std::move(from));
}

}  // namespace shop::mail
