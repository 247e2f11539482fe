#include "userd/settings.hpp"

namespace shop::schema {

template <>
const StructType& type_of<users::UserSettings>() {
    using T = users::UserSettings;
    static const StructType type{
        "UserSettings",
        "What userd alone has.",
        {
            field<&T::first_admin_file>(
                "first_admin_file",
                "File (mode 0600) with username:password of an administrator to "
                "make where there is none.",
                Length{0, 4000}),
            field<&T::password_memory_mib>("password_memory_mib",
                                           "Memory of one argon2id hash, in MiB.", Range{8, 1024}),
            field<&T::password_passes>("password_passes", "Passes of one argon2id hash.",
                                       Range{1, 10}),
            field<&T::session_days>("session_days", "How long a sign-in lasts.", Range{1, 365}),
            field<&T::signing_key_days>(
                "signing_key_days",
                "How long a key signs access tokens before the next one does; 0: until somebody "
                "rotates them.",
                Range{0, 3650}),
            field<&T::second_factor_staff>(
                "second_factor_staff",
                "Accounts of any role but customer have no rights until they have set up a second "
                "factor."),
            field<&T::mail_url>("mail_url",
                                "Mail server: smtp://HOST:587 (with STARTTLS) or smtps://HOST; "
                                "empty: mails are files in mail_dir.",
                                Length{0, 300}),
            field<&T::mail_user>("mail_user", "Who signs in at the mail server; empty: nobody.",
                                 Length{0, 300}),
            field<&T::mail_password_file>("mail_password_file",
                                          "File (mode 0600) with that one's password.",
                                          Length{0, 4000}),
            field<&T::mail_ca_file>("mail_ca_file",
                                    "PEM file of who signs the mail server's certificate; empty: "
                                    "whom the system trusts.",
                                    Length{0, 4000}),
            field<&T::mail_from>("mail_from", "Sender of mails.", Length{3, 254}),
            field<&T::mail_dir>("mail_dir",
                                "Folder of mails where there is no mail server; empty: mail in "
                                "data_dir.",
                                Length{0, 4000}),
            field<&T::mail_templates_dir>("mail_templates_dir",
                                          "Folder with one's own texts of mails; those that are "
                                          "not there, and all where it is empty, are built in.",
                                          Length{0, 4000}),
            field<&T::public_url>("public_url",
                                  "The shop's pages, for links in mails; empty: mails say what "
                                  "to type.",
                                  Length{0, 300}),
            field<&T::shop_name>("shop_name", "The shop's name in mails.", Length{1, 100}),
        }};
    return type;
}

}  // namespace shop::schema
