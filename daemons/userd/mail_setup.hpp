// userd's mail as its settings want it: what mails say, and who sends them.
//
// Thread safety: at start.
#pragma once

#include <memory>

#include "mail/mailer.hpp"
#include "userd/letters.hpp"
#include "userd/settings.hpp"

namespace shop::users {

struct MailSetup {
    Letters letters;
    std::unique_ptr<mail::Mailer> mailer;
};
// `data_dir`: where the folder of mails is by default. The error names the setting.
Result<MailSetup> make_mail(const UserSettings& settings, const std::string& data_dir);
// Whether that would go well; makes nothing.
Result<void> check_mail(const UserSettings& settings);

}  // namespace shop::users
