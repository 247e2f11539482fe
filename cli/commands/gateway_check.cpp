#include "all.hpp"
#include "base/time.hpp"
#include "gateway/haproxy.hpp"
#include "gateway/keys.hpp"
#include "gateway/options.hpp"
#include "shell.hpp"

namespace shop::cli {

Command gateway_check() {
    return {"gateway check", "Try out what gateway render writes, and its certificate",
            [](Args& args) -> Run {
                auto options = add_gateway_options(args);
                return [options](Shell& shell) -> Result<int> {
                    SHOP_TRY(settings, settings_of(*options));
                    SHOP_TRY(text, render_with_keys(settings));
                    const Time now = system_clock().now();
                    SHOP_TRY(end, check_certificate(settings.certificate, now));
                    if (!settings.services_certificate.empty())
                        SHOP_CHECK(check_certificate(settings.services_certificate, now));
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
