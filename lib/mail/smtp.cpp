// The mailer that has shop-mail send.
#include <unistd.h>

#include <cstdlib>

#include "base/descriptor.hpp"
#include "base/program.hpp"
#include "base/text.hpp"
#include "mail/mailer.hpp"
#include "mail/smtp_request.hpp"
#include "schema/codec.hpp"

namespace shop::mail {
namespace {

constexpr std::chrono::seconds kGrace{5};  // beyond the deadline that the program keeps itself
constexpr std::size_t kReasonBytesMax = 300;

// Where a service manager put our secrets; as a variable, for read_password() of shop-mail.
std::string credentials_variable() {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    return std::string("CREDENTIALS_DIRECTORY=") + (folder != nullptr ? folder : "");
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
        // Nothing of our environment, which could name a proxy, but where credentials are.
        SHOP_TRY(ended,
                 run_program({options_.program.string()},
                             {.input = request,
                              .deadline = options_.deadline + kGrace,
                              .output_bytes_max = kReasonBytesMax,
                              .environment = std::vector<std::string>{credentials_variable()},
                              .stop = stop}));
        if (ended.good()) return {};
        const std::string reason(trim(ended.complaint));
        return fail(ended.status == kExitNever ? Code::invalid_argument : Code::unavailable,
                    reason.empty() ? "shop-mail ended without a word." : reason);
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
    if (options.program.empty()) options.program = program_beside("shop-mail");
    SHOP_CHECK(check_files(options));
    return std::make_unique<SmtpMailer>(std::move(options), std::move(from));
}

}  // namespace shop::mail
