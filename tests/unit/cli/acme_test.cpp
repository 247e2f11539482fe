// What `shopctl gateway certificate` writes: read by shellcheck and systemd, and run with a program
// in lego's place.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/file.hpp"
#include "gateway/acme.hpp"
#include "support/temp_folder.hpp"

using namespace shop;
using namespace shop::cli;

namespace {

AcmeOptions options_for(const std::filesystem::path& folder) {
    return {.domains = {"shop.example.org", "www.shop.example.org"},
            .email = "owner@example.org",
            .folder = folder / "acme",
            .place = folder};
}

AcmeFiles files_of(const AcmeOptions& options) {
    auto files = acme_files(options);
    REQUIRE(files);
    return *files;
}

std::string pointer_of_trouble(const AcmeOptions& options) {
    const auto files = acme_files(options);
    return files ? "none" : files.error().fields.empty() ? "" : files.error().fields[0].pointer;
}

bool has_program(const std::string& name) {
    if (std::system(("command -v " + name + " >/dev/null").c_str()) == 0) return true;
    std::cout << "skipped: " << name << " is not installed\n";
    return false;
}

// What the script asks lego for; `lego` says its arguments, one a line.
std::string asked_of_lego(const AcmeOptions& options) {
    const auto script = options.place / kAcmeScript, lego = options.place / "lego";
    REQUIRE(write_file(script, files_of(options).script, 0755));
    REQUIRE(write_file(lego, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", 0755));
    const auto out = options.place / "out";
    const std::string command =
        "PATH=" + options.place.string() + ":$PATH " + script.string() + " >" + out.string();
    REQUIRE(std::system(command.c_str()) == 0);
    return read_file(out).value_or("");
}

}  // namespace

TEST_CASE("acme: the script gets a certificate the first time and renews it from then on") {
    const test::TempFolder folder;
    AcmeOptions options = options_for(folder.path());
    const std::string common = "--path\n" + options.folder.string() +
                               "\n--email\nowner@example.org\n--accept-tos\n--domains\n"
                               "shop.example.org\n--domains\nwww.shop.example.org\n";
    CHECK(asked_of_lego(options) == common + "--http\n--http.port\n:80\nrun\n");
    const auto certificates = options.folder / "certificates";
    std::filesystem::create_directories(certificates);
    REQUIRE(write_file(certificates / "shop.example.org.crt", "x", 0600));
    const std::string renew =
        "renew\n--days\n30\n--renew-hook\nsystemctl try-reload-or-restart haproxy.service\n";
    CHECK(asked_of_lego(options) == common + "--http\n--http.port\n127.0.0.1:5402\n" + renew);
    options.dns = "gandiv5";
    CHECK(asked_of_lego(options) == common + "--dns\ngandiv5\n" + renew);
}

TEST_CASE("acme: lego itself takes the commands' words") {
    if (!has_program("lego")) return;
    const test::TempFolder folder;
    const auto help = folder.path() / "help";
    const std::string to = " >>" + help.string() + " 2>&1";
    REQUIRE(std::system(("lego --help" + to + "; lego renew --help" + to).c_str()) == 0);
    const std::string text = read_file(help).value_or("");
    for (const char* word : {"--path ", "--email ", "--accept-tos", "--domains ", "--http ",
                             "--http.port ", "--dns ", "--days ", "--renew-hook "})
        CHECK_THAT(text, Catch::Contains(word));
}

TEST_CASE("acme: shellcheck and systemd have nothing to say against what is written") {
    const test::TempFolder folder;
    AcmeOptions options = options_for(folder.path());
    options.dns = GENERATE(as<std::string>(), "", "gandiv5");
    const AcmeFiles files = files_of(options);
    const auto script = folder.path() / kAcmeScript, service = folder.path() / kAcmeService,
               timer = folder.path() / kAcmeTimer;
    REQUIRE(write_file(script, files.script, 0755));
    REQUIRE(write_file(service, files.service, 0644));
    REQUIRE(write_file(timer, files.timer, 0644));
    if (has_program("shellcheck"))
        CHECK(std::system(("shellcheck --enable=all " + script.string()).c_str()) == 0);
    if (!has_program("systemd-analyze")) return;
    const auto said = folder.path() / "said";
    CHECK(std::system(("systemd-analyze verify " + service.string() + " " + timer.string() + " >" +
                       said.string() + " 2>&1")
                          .c_str()) == 0);
    // It also tells of this machine's own units.
    CHECK_THAT(read_file(said).value_or(""), !Catch::Contains("shop-certificate"));
}

TEST_CASE("acme: the gateway reads the files that lego lays down") {
    AcmeOptions options = options_for("/srv");
    CHECK_THAT(files_of(options).render,
               Catch::Contains("--certificate /srv/acme/certificates/shop.example.org.crt") &&
                   Catch::Contains("--http-port 80 --acme-port 5402"));
    options.domains = {"*.example.org"};
    options.dns = "gandiv5";
    const AcmeFiles files = files_of(options);
    CHECK_THAT(files.render,
               Catch::Contains("/_.example.org.crt") && !Catch::Contains("--acme-port"));
    CHECK_THAT(files.service, Catch::Contains("EnvironmentFile=/etc/shop/acme.env"));
}

TEST_CASE("acme: what is no domain, address, provider or plain path is refused by its option") {
    const AcmeOptions good = options_for("/srv");
    CHECK(pointer_of_trouble(good) == "none");
    for (const char* domain :
         {"", "localhost", "shop.example.org.", ".example.org", "a..b", "Shop.example.org",
          "shop.example.org'; reboot", "*.example.org", "-x.example.org", "a.b/c"}) {
        AcmeOptions options = good;
        options.domains.emplace_back(domain);
        INFO(domain);
        CHECK(pointer_of_trouble(options) == "--domain");
    }
    for (const char* email : {"", "owner", "@example.org", "owner@", "o'wner@example.org"}) {
        AcmeOptions options = good;
        options.email = email;
        CHECK(pointer_of_trouble(options) == "--email");
    }
    AcmeOptions options = good;
    options.dns = "gandi v5";
    CHECK(pointer_of_trouble(options) == "--dns");
    options = good;
    options.folder = "/srv/a%b";
    CHECK(pointer_of_trouble(options) == "--folder");
    options = good;
    options.domains.clear();
    CHECK(pointer_of_trouble(options) == "--domain");
}
