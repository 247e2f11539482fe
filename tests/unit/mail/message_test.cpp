// The text of a mail as others will read it, and that nobody writes header fields of their own.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "mail/mailer.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using mail::compose;
using mail::Message;
using mail::Sender;

namespace {

const Sender kShop{"shop@example.org", "The \"Tea\" Shop"};

Message letter() {
    return {.id = "mail_1",
            .date = parse_time("2026-11-24T10:56:28Z").value(),
            .to = "ada@example.net",
            .subject = "Your order",
            .text = "Hello\n\n.a line with a dot"};
}

std::string composed(const Message& message, const Sender& from = kShop) {
    const auto text = compose(message, from);
    INFO((text ? "" : text.error().message));
    REQUIRE(text);
    return *text;
}

bool refused(const Message& message, const Sender& from = kShop) {
    const auto text = compose(message, from);
    return !text && text.error().code == Code::invalid_argument;
}

}  // namespace

TEST_CASE("mail: plain text is sent as it is, with the fields that a mail must have") {
    CHECK(composed(letter()) ==
          "Date: Tue, 24 Nov 2026 10:56:28 +0000\n"
          "Message-ID: <mail_1@example.org>\n"
          "From: \"The \\\"Tea\\\" Shop\" <shop@example.org>\n"
          "To: ada@example.net\n"
          "Subject: Your order\n"
          "Auto-Submitted: auto-generated\n"
          "MIME-Version: 1.0\n"
          "Content-Type: text/plain; charset=utf-8\n"
          "Content-Transfer-Encoding: 7bit\n\n"
          "Hello\n\n.a line with a dot\n");
    CHECK_THAT(composed(letter(), {"shop@example.org", ""}),
               Catch::Contains("From: shop@example.org\n"));
}

TEST_CASE("mail: what is not ASCII, or too long for a line, is encoded") {
    Message message = letter();
    message.subject = "Grüße";
    message.text = "Tschüß\n";
    const std::string text = composed(message, {"shop@example.org", "Teeladen Müller"});
    CHECK_THAT(text,
               Catch::Contains("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\n") &&
                   Catch::Contains("From: =?UTF-8?B?VGVlbGFkZW4gTcO8bGxlcg==?= <shop@") &&
                   Catch::Contains("Content-Transfer-Encoding: base64\n\nVHNjaMO8w58NCg==\n"));
    message.subject.clear();
    for (int i = 0; i < 80; ++i) message.subject += "ü";
    message.text = std::string(2000, 'x');
    for (const auto line : split(composed(message), '\n')) CHECK(line.size() <= 100);
    // A subject that looks encoded is not taken for it.
    message.subject = "=?UTF-8?B?R3LDvMOfZQ==?=";
    CHECK(composed(message).find("Subject: =?UTF-8?B?R3L") == std::string::npos);
}

TEST_CASE("mail: a line break or another control character in a field is refused") {
    for (const std::string bad :
         {"a\nBcc: all@example.org", "a\r\nBcc: all@example.org", "a\rb", "a\tb", "a\x7F"}) {
        INFO(to_hex(bad));
        Message message = letter();
        message.subject = bad;
        CHECK(refused(message));
        message = letter();
        message.to = bad + "@example.org";
        CHECK(refused(message));
        message = letter();
        message.id = bad;
        CHECK(refused(message));
        CHECK(refused(letter(), {"shop@example.org", bad}));
        CHECK(refused(letter(), {bad + "@example.org", ""}));
    }
    Message message = letter();
    message.text = std::string("a\0b", 3);
    CHECK(refused(message));
    message.text = "\xFF";
    CHECK(refused(message));
    message.text = std::string(40'000, 'x');
    CHECK(refused(message));
}

TEST_CASE("mail: an address is one address and nothing else") {
    for (const char* bad :
         {"", "ada", "@example.org", "ada@", "a b@example.org", "<ada@example.org>",
          "ada@example.org,bob@example.org", "ada@b@example.org", "Ada <ada@example.org>",
          "ad\xC3\xA4@example.org"}) {
        INFO(bad);
        CHECK_FALSE(mail::check_address(bad));
    }
    CHECK(mail::check_address("ada.lovelace+tea@mail.example.org"));
    CHECK(mail::check_address("shop@localhost"));
}

TEST_CASE(
    "mail: a folder gets one file a mail, for its owner's eyes, also where it is sent twice") {
    const test::TempFolder folder;
    const auto to = folder.path() / "mail";
    const auto mailer = mail::make_folder_mailer(to, kShop);
    REQUIRE(mailer);
    REQUIRE((*mailer)->send(letter(), {}));
    REQUIRE((*mailer)->send(letter(), {}));
    const auto file = to / "2026-11-24T10:56:28.000Z-mail_1.eml";
    CHECK(read_file(file).value_or("") == composed(letter()));
    CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0600));
    CHECK(std::distance(std::filesystem::directory_iterator(to), {}) == 1);
}

TEST_CASE("mail: a server's options that can't be are refused, and say so") {
    const test::TempFolder folder;
    const auto secret = folder.path() / "password";
    REQUIRE(write_file(secret, "tea\n", 0600));
    const auto words = [](const mail::SmtpOptions& options) {
        const auto made = mail::make_smtp_mailer(options, kShop);
        return made ? "" : made.error().message;
    };
    for (const char* url : {"mail.example.org", "http://mail.example.org", "smtp://", "smtp://:25",
                            "smtp://ada:tea@example.org", "smtp://example.org/x"}) {
        INFO(url);
        CHECK_THAT(words({.url = url, .program = "/bin/true"}), Catch::Contains("smtps://"));
    }
    mail::SmtpOptions options{.url = "smtp://mail.example.org:587", .program = "/bin/true"};
    CHECK(words(options).empty());
    options.user = "ada";
    CHECK_THAT(words(options), Catch::Contains("go together"));
    options.password_file = secret;
    CHECK(words(options).empty());
    std::filesystem::permissions(secret, std::filesystem::perms(0644));
    CHECK_THAT(words(options), Catch::Contains("chmod 600"));
    options = {.url = "smtps://mail.example.org", .ca_file = "/none", .program = "/bin/true"};
    CHECK_THAT(words(options), Catch::Contains("/none"));
    options = {.url = "smtps://mail.example.org", .program = "/none/shop-mail"};
    CHECK_THAT(words(options), Catch::Contains("/none/shop-mail"));
}

TEST_CASE("mail: a program that sends tells now from later from never") {
    const test::TempFolder folder;
    const auto program = folder.path() / "sender";
    const auto sent = [&](const std::string& script) {
        REQUIRE(write_file(program, "#!/bin/sh\n" + script, 0700));
        const auto mailer =
            mail::make_smtp_mailer({.url = "smtps://localhost", .program = program}, kShop);
        REQUIRE(mailer);
        return (*mailer)->send(letter(), {});
    };
    // It has standard input, no environment of ours but where credentials are, and no file but the
    // three.
    const std::string look = "/bin/cat > " + (folder.path() / "in").string() +
                             "; /bin/ls /proc/self/fd > " + (folder.path() / "fds").string() +
                             "; /bin/cat /proc/$$/environ > " + (folder.path() / "env").string();
    ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1);
    CHECK(sent(look));
    ::unsetenv("CREDENTIALS_DIRECTORY");
    CHECK(read_file(folder.path() / "env").value_or("") ==
          std::string("CREDENTIALS_DIRECTORY=/run/credentials/x") + '\0');
    CHECK_THAT(read_file(folder.path() / "in").value_or(""),
               Catch::Contains("Subject: Your order") && Catch::Contains("ada@example.net"));
    CHECK(read_file(folder.path() / "fds").value_or("") == "0\n1\n2\n3\n");  // 3 is ls's own
    const auto later = sent("echo no server >&2; exit 75");
    CHECK(later.error().code == Code::unavailable);
    CHECK(later.error().message == "no server");
    CHECK(sent("exit 69").error().code == Code::invalid_argument);
    CHECK(sent("kill -9 $$").error().code == Code::unavailable);
}

TEST_CASE("mail: a program that hangs is ended when the sending stops") {
    const test::TempFolder folder;
    const auto program = folder.path() / "sender";
    REQUIRE(write_file(program, "#!/bin/sh\nexec /bin/sleep 1000\n", 0700));
    const auto mailer =
        mail::make_smtp_mailer({.url = "smtps://localhost", .program = program}, kShop);
    REQUIRE(mailer);
    std::stop_source stop;
    stop.request_stop();
    CHECK((*mailer)->send(letter(), stop.get_token()).error().code == Code::unavailable);
}
