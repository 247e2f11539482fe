// Mails of the real daemon through a real mail server.
#include <csignal>
#include <optional>

#include "base/file.hpp"
#include "base/text.hpp"
#include "http/client.hpp"
#include "support/certificate.hpp"
#include "support/running_shop.hpp"

using namespace shop;
namespace fs = std::filesystem;

namespace {

// A userd that sends to a mail server, which is there when the test says so.
class MailedShop {
public:
    MailedShop() {
        fs::create_directory(inbox());
        write_password("teapot");
    }
    const test::CertificateFiles& certificate() const { return certificate_; }
    fs::path folder() const { return folder_.path(); }
    fs::path inbox() const { return folder() / "inbox"; }

    void write_password(const std::string& password) {
        REQUIRE(write_file(folder() / "password", password + "\n", 0600));
    }
    void start_server(const std::string& mode = "starttls",
                      const std::optional<test::CertificateFiles>& with = {}) {
        const auto& files = with ? *with : certificate_;
        server_.reset();
        fs::remove(inbox() / "ready");
        server_.emplace(
            "/usr/bin/python3",
            test::ProcessOptions{{SHOP_SOURCE_DIR "/tests/support/smtp_server.py", "--port",
                                  std::to_string(port_ + 1), "--folder", inbox(), "--certificate",
                                  files.certificate, "--key", files.key, "--mode", mode}});
        REQUIRE(test::eventually([&] { return fs::exists(inbox() / "ready"); }));
    }
    void start_userd(const std::string& scheme = "smtp") {
        userd_.reset();
        userd_.emplace(test::binary("shop-userd"),
                       test::ProcessOptions{{"--port",
                                             std::to_string(port_),
                                             "--data-dir",
                                             folder() / "store",
                                             "--keys-dir",
                                             folder() / "keys",
                                             "--password-memory-mib",
                                             "8",
                                             "--password-passes",
                                             "1",
                                             "--mail-url",
                                             scheme + "://localhost:" + std::to_string(port_ + 1),
                                             "--mail-user",
                                             "shop",
                                             "--mail-password-file",
                                             folder() / "password",
                                             "--mail-ca-file",
                                             certificate_.certificate,
                                             "--mail-from",
                                             "tea@example.org",
                                             "--shop-name",
                                             "Tea Shop",
                                             "--public-url",
                                             "https://tea.example.org"}});
        REQUIRE(test::eventually([&] { return send("GET", "/readyz") == 200; }));
    }
    test::Process& userd() { return *userd_; }

    // The answer's status; 0 where nobody answers.
    int send(const std::string& method, const std::string& target, const std::string& body = "") {
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        if (!body.empty()) request.headers.add("content-type", "application/json");
        const auto client = http::Client::make("http://127.0.0.1:" + std::to_string(port_),
                                               {.deadline = std::chrono::seconds(20)});
        REQUIRE(client);
        const auto answer = (*client)->send(request, false);
        answer_ = answer ? answer->body : "";
        return answer ? answer->status : 0;
    }
    void add(const std::string& name) {
        REQUIRE(send("POST", "/v1/users",
                     Json{{"username", name},
                          {"email", name + "@example.org"},
                          {"password", test::kPassword}}
                         .dump()) == 201);
    }
    bool counts(const std::string& metric, const std::string& at_least) {
        send("GET", "/metrics");
        for (const auto line : split(answer_, '\n'))
            if (line.starts_with(metric + " "))
                return std::stod(std::string(line.substr(metric.size()))) >= std::stod(at_least);
        return false;
    }
    // The mails that the server has.
    std::vector<std::string> mails() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(inbox()))
            if (entry.path().extension() == ".eml") out.push_back(read_file(entry.path()).value());
        return out;
    }
    bool arrive(std::size_t count) {
        return test::eventually([&] { return mails().size() >= count; }, std::chrono::seconds(70));
    }

private:
    test::TempFolder folder_;
    test::CertificateFiles certificate_ =
        test::make_certificate(folder_.path(), "mail", "DNS:localhost");
    int port_ = test::free_port_base();
    std::string answer_;
    std::optional<test::Process> server_;
    std::optional<test::Process> userd_;
};

}  // namespace

TEST_CASE("mail: a forgotten password's mail arrives over STARTTLS, and its link works") {
    MailedShop shop;
    shop.start_server();
    shop.start_userd();
    shop.add("ada");
    REQUIRE(shop.arrive(1));
    REQUIRE(shop.send("POST", "/v1/password-resets", R"({"email":"ada@example.org"})") == 202);
    REQUIRE(shop.arrive(2));
    std::string token;
    for (const auto& mail : shop.mails()) {
        CHECK_THAT(mail, Catch::StartsWith("ada@example.org\n") &&
                             Catch::Contains("From: \"Tea Shop\" <tea@example.org>\r\n") &&
                             Catch::Contains("To: ada@example.org\r\n"));
        const std::string link = "https://tea.example.org/password-reset/complete?token=";
        if (const auto at = mail.find(link); at != mail.npos)
            token = mail.substr(at + link.size(), mail.find('\r', at) - at - link.size());
    }
    const auto complete = [&] {
        return shop.send("POST", "/v1/password-resets/complete",
                         Json{{"token", token}, {"password", "a wholly different phrase"}}.dump());
    };
    CHECK(complete() == 204);
    CHECK(complete() == 401);
    CHECK(shop.arrive(3));
}

TEST_CASE("mail: smtps:// is TLS from the first byte") {
    MailedShop shop;
    shop.start_server("smtps");
    shop.start_userd("smtps");
    shop.add("ada");
    CHECK(shop.arrive(1));
}

TEST_CASE("mail: a server that is not trusted, or has no TLS, gets nothing; the mail waits") {
    MailedShop shop;
    std::string mode = "starttls";
    auto with = test::make_certificate(shop.folder(), "other", "DNS:localhost");
    SECTION("a certificate of somebody else") {}
    SECTION("a certificate for another name") {
        // Signed by whom we trust: it is the trusted one itself, made anew for another name.
        with = test::make_certificate(shop.folder(), "mail", "DNS:mail.example.net");
    }
    SECTION("no TLS at all") { mode = "plain"; }
    shop.start_server(mode, with);
    shop.start_userd();
    shop.add("ada");
    CHECK(test::eventually([&] { return shop.counts("shop_mails_failed_total", "1"); }));
    CHECK(shop.mails().empty());
    CHECK_FALSE(shop.counts("shop_mails_given_up_total", "1"));
    test::make_certificate(shop.folder(), "mail", "DNS:localhost");
    shop.start_server();
    CHECK(shop.arrive(1));
}

TEST_CASE("mail: a wrong password at the mail server is no reason to give a mail up") {
    MailedShop shop;
    shop.write_password("coffee pot");
    shop.start_server();
    shop.start_userd();
    shop.add("ada");
    CHECK(test::eventually([&] { return shop.counts("shop_mails_failed_total", "1"); }));
    CHECK_FALSE(shop.counts("shop_mails_given_up_total", "1"));
    shop.write_password("teapot");
    CHECK(shop.arrive(1));
    shop.userd().signal(SIGTERM);
    const auto ended = shop.userd().wait();
    CHECK(ended.exit_code == 0);
    CHECK_THAT(ended.err,
               Catch::Contains("a mail was not sent") && Catch::Contains("Login denied"));
    CHECK(ended.err.find("coffee pot") == std::string::npos);
    CHECK(ended.err.find("teapot") == std::string::npos);
}

TEST_CASE("mail: a recipient that the server refuses for good is given up at once") {
    MailedShop shop;
    shop.start_server();
    shop.start_userd();
    shop.add("refused");
    CHECK(test::eventually([&] { return shop.counts("shop_mails_given_up_total", "1"); }));
    shop.add("ada");
    CHECK(shop.arrive(1));
    // The server has it a moment before userd hears so.
    CHECK(test::eventually([&] { return shop.counts("shop_mails_sent_total", "1"); }));
}

TEST_CASE("mail: what was promised before userd was killed is sent by the next one, once") {
    MailedShop shop;
    shop.start_userd();
    for (const char* name : {"ada", "bob", "eve"}) shop.add(name);
    // Nobody has a mail yet: there is no server.
    shop.userd().signal(SIGKILL);
    CHECK(shop.userd().wait().exit_code == 128 + SIGKILL);
    CHECK(shop.mails().empty());
    shop.start_userd();
    shop.start_server();
    REQUIRE(shop.arrive(3));
    shop.add("last");
    REQUIRE(shop.arrive(4));
    std::vector<std::string> recipients;
    for (const auto& mail : shop.mails()) recipients.push_back(mail.substr(0, mail.find('@')));
    std::ranges::sort(recipients);
    CHECK(recipients == std::vector<std::string>{"ada", "bob", "eve", "last"});
}

TEST_CASE("mail: bad settings are told by --check-config") {
    const auto check = [&](std::vector<std::string> settings) {
        settings.emplace_back("--check-config");
        return test::run(test::binary("shop-userd"), {std::move(settings)});
    };
    CHECK(check({"--mail-url", "smtp://localhost"}).exit_code == 0);
    const auto url = check({"--mail-url", "localhost"});
    CHECK(url.exit_code == 2);
    CHECK_THAT(url.err, Catch::Contains("mail_url") && Catch::Contains("smtps://"));
    const auto templates = check({"--mail-templates-dir", "/none"});
    CHECK(templates.exit_code == 2);
    CHECK_THAT(templates.err, Catch::Contains("mail_templates_dir"));
}
