// What userd's mails say, and templates of the shop's owner.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "support/temp_folder.hpp"
#include "userd/letters.hpp"
#include "userd/mail_setup.hpp"

using namespace shop;
using users::Letter;
using users::Letters;

namespace {

Letters letters(const users::LetterOptions& options) {
    auto read = Letters::read(options);
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    return *read;
}

std::string why_not(const std::string& name, const std::string& text) {
    const test::TempFolder folder;
    REQUIRE(write_file(folder.path() / name, text, 0600));
    const auto read = Letters::read({.shop_name = "Tea", .templates_dir = folder.path()});
    return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("letters: the built-in ones have shop, name and link, and no blank is left") {
    const auto built_in =
        letters({.shop_name = "Tea & Co", .public_url = "https://shop.example.org/"});
    for (const auto letter : {Letter::password_reset, Letter::password_changed,
                              Letter::email_verify, Letter::email_changed}) {
        const auto text = built_in.write(letter, "ada", "mlt_abc", std::chrono::hours(24));
        CHECK_THAT(text.subject, Catch::Contains("Tea & Co"));
        CHECK_THAT(text.text, Catch::Contains("ada"));
        CHECK(text.text.find("{{") == std::string::npos);
    }
    const auto reset =
        built_in.write(Letter::password_reset, "ada", "mlt_abc", std::chrono::minutes(30));
    CHECK_THAT(
        reset.text,
        Catch::Contains("https://shop.example.org/password-reset/complete?token=mlt_abc\n") &&
            Catch::Contains("30 minutes"));
    const auto verify =
        built_in.write(Letter::email_verify, "ada", "mlt_abc", std::chrono::hours(24));
    CHECK_THAT(verify.text,
               Catch::Contains("https://shop.example.org/verify-email?token=mlt_abc\n") &&
                   Catch::Contains("24 hours"));
}

TEST_CASE("letters: without a public URL they say what to type") {
    const auto reset =
        letters({.shop_name = "Tea"})
            .write(Letter::password_reset, "ada", "mlt_abc", std::chrono::minutes(30));
    CHECK_THAT(reset.text, Catch::Contains("shopctl password set") && Catch::Contains("mlt_abc"));
}

TEST_CASE("letters: the owner's own template is used, the others are built in") {
    const test::TempFolder folder;
    REQUIRE(write_file(folder.path() / "password_reset.txt",
                       "Subject: Neues Passwort für {{ username }}\r\n\r\n{{token}} {{shop}}\r\n",
                       0600));
    const auto own = letters({.shop_name = "Tee", .templates_dir = folder.path()});
    const auto reset = own.write(Letter::password_reset, "ada", "{{shop}}");
    CHECK(reset.subject == "Neues Passwort für ada");
    CHECK(reset.text == "{{shop}} Tee\n");  // what is filled in is not filled again
    CHECK_THAT(own.write(Letter::password_changed, "ada").text, Catch::Contains("was changed"));
}

TEST_CASE("letters: a template with a blank that is not known, or without a subject, is refused") {
    const std::string subject = "Subject: x\n\n";
    CHECK_THAT(why_not("email_verify.txt", subject + "Hi {{user}}"),
               Catch::Contains("email_verify.txt") && Catch::Contains("{{user}}") &&
                   Catch::Contains("username"));
    CHECK_THAT(why_not("email_verify.txt", subject + "Hi {{username"), Catch::Contains("blank"));
    CHECK_THAT(why_not("email_verify.txt", "Subject: {{who}}\n\nHi"), Catch::Contains("{{who}}"));
    for (const char* text : {"", "Hi", "Subject:\n\nHi", "Subject: x\nHi", "subject: x\n\nHi"}) {
        INFO(text);
        CHECK_THAT(why_not("password_reset.txt", text), Catch::Contains("must begin"));
    }
    CHECK_THAT(why_not("password_reset.txt", subject + "\xFF"), Catch::Contains("UTF-8"));
    CHECK_THAT(why_not("password_reset.txt", subject + std::string(20'000, 'x')),
               Catch::Contains("larger"));
    CHECK(why_not("password_reset.txt", subject + "Hi").empty());
    CHECK_FALSE(Letters::read({.shop_name = "x", .templates_dir = "/none"}));
}

TEST_CASE("userd's mail settings: a bad one is refused by its name") {
    users::UserSettings settings;
    CHECK(users::check_mail(settings));
    const auto names = [&](const char* setting) {
        const auto checked = users::check_mail(settings);
        settings = {};
        return !checked && checked.error().message.starts_with(setting);
    };
    settings.mail_from = "nobody";
    CHECK(names("mail_from: "));
    settings.shop_name = "a\nb";
    CHECK(names("shop_name: "));
    settings.public_url = "shop.example.org";
    CHECK(names("public_url: "));
    settings.public_url = "https://shop.example.org/?a=b";
    CHECK(names("public_url: "));
    settings.mail_templates_dir = "/none";
    CHECK(names("mail_templates_dir: "));
    settings.mail_url = "mail.example.org";
    CHECK(names("mail_url: "));
    settings.mail_dir = "/proc/none";
    CHECK_FALSE(users::make_mail(settings, "/tmp"));
}
