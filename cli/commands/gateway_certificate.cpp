#include <fmt/format.h>

#include <iostream>

#include "all.hpp"
#include "base/file.hpp"
#include "gateway/acme.hpp"
#include "local_options.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

struct CertificateOptions {
    AcmeOptions acme;
    std::string folder = acme.folder.string();
    std::string write;
};

// A step's comment, then what belongs to it.
std::string step(int number, std::string_view what, std::string_view text) {
    return fmt::format("# {}. {}\n{}\n", number, what, text);
}

std::string with_name(const std::filesystem::path& path, const std::string& text) {
    return fmt::format("# --- {}\n{}", path.string(), text);
}

std::string all_steps(const AcmeOptions& options, const AcmeFiles& files) {
    const auto script = options.place / kAcmeScript;
    const std::filesystem::path units = "/etc/systemd/system";
    std::string text;
    int number = 0;
    if (!options.dns.empty())
        text += step(++number,
                     fmt::format("What {} has to know (see: lego dnshelp -c {}), one NAME=VALUE a "
                                 "line, in a file that root alone reads:",
                                 options.dns, options.dns),
                     fmt::format("install -m 600 /dev/null {}\n", options.environment.string()));
    text += step(++number, "These files (--write DIR writes them); the script has mode 755:",
                 with_name(script, files.script) + "\n" +
                     with_name(units / kAcmeService, files.service) + "\n" +
                     with_name(units / kAcmeTimer, files.timer));
    text += step(++number,
                 "The first certificate; by this you agree to the authority's terms. Nothing else "
                 "may listen\n# on the port without TLS meanwhile:",
                 script.string() + "\n");
    text += step(++number, "The gateway with it, and with your services' addresses:",
                 files.render + "\nsystemctl reload-or-restart haproxy.service\n");
    text += step(++number, "Renewal by itself:",
                 fmt::format("systemctl daemon-reload && systemctl enable --now {}", kAcmeTimer));
    return text;
}

Result<int> write_files(Shell& shell, const AcmeOptions& options, const AcmeFiles& files) {
    SHOP_CHECK(make_folder(options.place, 0755));
    SHOP_CHECK(write_file(options.place / kAcmeScript, files.script, 0755));
    SHOP_CHECK(write_file(options.place / kAcmeService, files.service, 0644));
    SHOP_CHECK(write_file(options.place / kAcmeTimer, files.timer, 0644));
    shell.say(
        fmt::format("Written to {0}. Then: systemctl link {0}/{1} && systemctl enable --now "
                    "{0}/{2}",
                    options.place.string(), kAcmeService, kAcmeTimer));
    return kExitDone;
}

}  // namespace

Command gateway_certificate() {
    return {"gateway certificate", "Say how lego gets and renews the gateway's certificate",
            [](Args& args) -> Run {
                auto options = std::make_shared<CertificateOptions>();
                AcmeOptions& acme = options->acme;
                args.texts("--domain", acme.domains, "Name of the shop; several: one certificate")
                    .required();
                args.text("--email", acme.email, "Where the authority writes to").required();
                args.text("--dns", acme.dns, "Prove it by DNS, with this provider of lego's");
                args.integer("--http-port", acme.http_port,
                             "The gateway's port without TLS, as the world's port 80", 1, 65535);
                args.integer("--acme-port", acme.acme_port,
                             "Where lego answers on loopback, behind that", 1, 65535);
                args.text("--folder", options->folder, "Where lego keeps account and certificates");
                args.text("--write", options->write, "Folder to write script and units to");
                return [options](Shell& shell) -> Result<int> {
                    AcmeOptions& wanted = options->acme;
                    wanted.folder = absolute_path(options->folder);
                    if (!options->write.empty()) wanted.place = absolute_path(options->write);
                    SHOP_TRY(files, acme_files(wanted));
                    if (!options->write.empty()) return write_files(shell, wanted, files);
                    std::cout << all_steps(wanted, files) << std::flush;
                    return std::cout ? kExitDone : kExitFailed;
                };
            }};
}

}  // namespace shop::cli
