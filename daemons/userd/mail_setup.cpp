#include "userd/mail_setup.hpp"

#include <algorithm>

namespace shop::users {
namespace {

template <class T>
Result<T> named(const char* setting, Result<T> result) {
    if (!result) result.error().message = std::string(setting) + ": " + result.error().message;
    return result;
}

// A shop's name stands in subjects and beside its address.
Result<void> check_name(const std::string& name) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
    if (std::ranges::none_of(name, control)) return {};
    return fail(Code::invalid_argument, "it must be one line of text.");
}

Result<void> check_public_url(const std::string& url) {
    if (url.empty()) return {};
    const bool scheme = url.starts_with("https://") || url.starts_with("http://");
    if (scheme && url.find_first_of("?# \t\r\n\"<>") == url.npos && url.size() > 8) return {};
    return fail(Code::invalid_argument, "it must be like https://shop.example.org.");
}

Result<Letters> read_letters(const UserSettings& settings) {
    SHOP_CHECK(named("shop_name", check_name(settings.shop_name)));
    SHOP_CHECK(named("public_url", check_public_url(settings.public_url)));
    SHOP_CHECK(named("mail_from", mail::check_address(settings.mail_from)));
    return named("mail_templates_dir",
                 Letters::read({.shop_name = settings.shop_name,
                                .public_url = settings.public_url,
                                .templates_dir = settings.mail_templates_dir}));
}

mail::Sender sender_of(const UserSettings& settings) {
    return {settings.mail_from, settings.shop_name};
}

Result<std::unique_ptr<mail::Mailer>> smtp_of(const UserSettings& settings) {
    return named("mail_url", mail::make_smtp_mailer({.url = settings.mail_url,
                                                     .user = settings.mail_user,
                                                     .password_file = settings.mail_password_file,
                                                     .ca_file = settings.mail_ca_file},
                                                    sender_of(settings)));
}

}  // namespace

Result<MailSetup> make_mail(const UserSettings& settings, const std::string& data_dir) {
    SHOP_TRY(letters, read_letters(settings));
    const auto folder = settings.mail_dir.empty() ? std::filesystem::path(data_dir) / "mail"
                                                  : std::filesystem::path(settings.mail_dir);
    SHOP_TRY(mailer, settings.mail_url.empty()
                         ? named("mail_dir", mail::make_folder_mailer(folder, sender_of(settings)))
                         : smtp_of(settings));
    return MailSetup{std::move(letters), std::move(mailer)};
}

Result<void> check_mail(const UserSettings& settings) {
    SHOP_CHECK(read_letters(settings));
    if (!settings.mail_url.empty()) SHOP_CHECK(smtp_of(settings));
    return {};
}

}  // namespace shop::users
