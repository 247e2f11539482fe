#include <iostream>

#include "all.hpp"
#include "deploy/command.hpp"
#include "program.hpp"

namespace shop::cli {
namespace {

const View kDeployDiffView{{{"SERVICE", "/service"}, {"DIFFERENCE", "/difference"}}, "/service"};

// Line by line, as diff(1) writes it; empty where they are the same, or one of them is none.
Result<std::string> text_diff(const deploy::ObjectStore& objects, const std::string& from,
                              const std::string& to, const std::string& name) {
    if (from == to || from.empty() || to.empty()) return "";
    SHOP_TRY(compared,
             run_program({"diff", "-u", "--label", name + " before", "--label", name + " after",
                          objects.path(from, name), objects.path(to, name)}));
    return compared.status == 1 ? compared.output : "";
}

Result<Json> diff_rows(const deploy::Host& host, const deploy::Release* from,
                       const deploy::Release& to, std::string& texts) {
    Json rows = Json::array();
    const auto add = [&](const std::string& service, const std::string& line) {
        rows.push_back({{"service", service}, {"difference", line}});
    };
    for (const deploy::Part& part : to.parts) {
        const std::string& service = part.description.service;
        const deploy::Part* before = from ? from->find(service) : nullptr;
        if (!before) {
            add(service, "is new");
            continue;
        }
        for (const std::string& line : deploy::differences(*before, part)) add(service, line);
        SHOP_TRY(settings,
                 text_diff(host.objects(), before->settings, part.settings, service + ".toml"));
        SHOP_TRY(unit, text_diff(host.objects(), before->unit, part.unit,
                                 "shop-" + service + ".service"));
        texts += settings + unit;
    }
    if (from)
        for (const deploy::Part& part : from->parts)
            if (!to.find(part.description.service)) add(part.description.service, "is gone");
    return rows;
}

Result<int> show_diff(Shell& shell, deploy::Host& host, const std::string& first,
                      const std::string& second) {
    SHOP_TRY(current, host.current());
    std::optional<deploy::Release> from = current;
    std::optional<deploy::Release> to = current;
    if (!first.empty()) {
        SHOP_TRY(named, host.release(first));
        from = named;
    }
    if (first.empty() || !second.empty()) {
        SHOP_TRY(named, second.empty() ? host.collect() : host.release(second));
        to = named;
    }
    if (!to)
        return fail(Code::failed_precondition,
                    "Nothing was deployed here yet, so there is nothing to compare it with.");
    std::string texts;
    SHOP_TRY(rows, diff_rows(host, from ? &*from : nullptr, *to, texts));
    shell.say("From " + (from ? "release " + from->id : std::string("nothing")) + " to release " +
              to->id + ".");
    SHOP_CHECK(shell.print(rows, kDeployDiffView));
    if (shell.options().output == "table" && !texts.empty()) std::cout << "\n" << texts;
    return kExitDone;
}

}  // namespace

Command deploy_diff() {
    return {"deploy diff", "Show what differs between two releases", [](Args& args) -> Run {
                auto file = deploy::add_file_option(args);
                auto first = std::make_shared<std::string>();
                auto second = std::make_shared<std::string>();
                args.text("from", *first, "Release; else the current one");
                args.text("to", *second,
                          "Release; else the current one, or what deploy.yaml makes");
                return [file, first, second](Shell& shell) -> Result<int> {
                    deploy::RemoteCall call{{"deploy", "diff"}, first->empty(), {}, {}};
                    for (const auto& release : {first, second})
                        if (!release->empty()) call.words.push_back(*release);
                    return deploy::on_host(shell, *file, call, [&](deploy::Host& host) {
                        return show_diff(shell, host, *first, *second);
                    });
                };
            }};
}

}  // namespace shop::cli
