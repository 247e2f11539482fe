// Sends mails: by SMTP, or into a folder.
//
// Thread safety: a Mailer belongs to one thread; a request to stop comes from any.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "mail/message.hpp"

namespace shop::mail {

class Mailer {
public:
    virtual ~Mailer() = default;
    // Returns once the mail is somebody else's (the server has taken it, or it is on disk).
    // unavailable or timeout: it may work later; this is also what ends it soon after `stop`.
    // invalid_argument: never for this mail, its recipient or its text was refused for good.
    virtual Result<void> send(const Message& message, std::stop_token stop) = 0;
};

// One file a mail, "<time>-<id>.eml" (mode 0600), each whole or not there. The folder is made where
// it is missing.
Result<std::unique_ptr<Mailer>> make_folder_mailer(std::filesystem::path folder, Sender from);

struct SmtpOptions {
    std::string url;            // "smtp://host[:port]", with STARTTLS, or "smtps://host[:port]"
    std::string user;           // empty: without
    std::string password_file;  // mode 0600, one line; with a user
    std::string ca_file;        // PEM of who signs the server's certificate; empty: the system's
    std::chrono::seconds deadline{30};  // of one mail, from the connection to its end
    // The program that sends; empty: `shop-mail` beside the program that runs.
    std::filesystem::path program = {};
};
// TLS always, and only to a server whose certificate is good for its name. invalid_argument where
// an option is no good: a bad URL, a user without a password file or the other way round, a file
// that is not there, or a password that others may read.
//
// The library that speaks SMTP would cost whoever links it 4 MiB of memory at all times, so it is
// in a program of its own, which runs while there is something to send.
Result<std::unique_ptr<Mailer>> make_smtp_mailer(SmtpOptions options, Sender from);

}  // namespace shop::mail
