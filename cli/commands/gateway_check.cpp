#include "all.hpp"
#include "base/file.hpp"
#include "base/time.hpp"
#include "gateway/haproxy.hpp"
#include "gateway/options.hpp"
#include "gateway/render.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

// HAProxy starts without it, and then refuses every token.
Result<void> check_users_key(const std::filesystem::path& file) {
    const auto text = read_file(file);
    if (text && text->starts_with("-----BEGIN PUBLIC KEY-----")) return {};
    return fail(
        Code::failed_precondition,
        file.string() + " is not userd's public key; name the folder that has it with --keys-dir.");
}

}  // namespace

Command gateway_check() {
    return {"gateway check", "Try out what gateway render writes, and its certificate",
            [](Args& args) -> Run {
                auto options = add_gateway_options(args);
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(settings, settings_of(*options));
                    SHOP_TRY(text, render_gateway(settings));
                    SHOP_CHECK(check_users_key(settings.users_key));
                    const Time now = system_clock().now();
                    SHOP_TRY(end, check_certificate(settings.certificate, now));
                    SHOP_TRY(warnings, check_configuration(text));
                    if (!warnings.empty()) shell.say(warnings);
                    if (ends_soon(end, now))
                        shell.say("Warning: " + settings.certificate.string() + " ends on " +
                                  format_time(end) + ". Get a new one.");
                    shell.say("HAProxy takes this configuration; the certificate holds until " +
                              format_time(end) + ".");
                    return kExitDone;
                };
            }};
}

}  // namespace shop::cli
