#include "all.hpp"
#include "audit/chain.hpp"
#include "local/interrupt.hpp"
#include "local_options.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"
#include "store_options.hpp"

namespace shop::cli {
namespace {

struct AuditVerifyOptions {
    std::string head, keys_dir;
};

const View& audit_verify_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"STATE", "/state"},
                            {"RECORDS", "/records", false, true},
                            {"PROBLEM", "/problem"},
                            {"HASH", "/hash", true}},
                           "/service"};
    return view;
}

Result<std::filesystem::path> keys_folder(Shell& shell, const AuditVerifyOptions& options) {
    if (!options.keys_dir.empty()) return absolute_path(options.keys_dir);
    SHOP_TRY(context, shell.context());
    if (!context.data_dir.empty()) return std::filesystem::path(context.data_dir) / "keys";
    return fail(Code::invalid_argument,
                "The services' public keys are needed to check the heads' signatures. Say where "
                "they are with --keys-dir");
}

// Those of a service, whose signatures hold.
Result<std::vector<api::AuditHead>> heads_of(const std::string& service,
                                             const std::vector<api::AuditHead>& all,
                                             const std::filesystem::path& keys_dir) {
    std::vector<api::AuditHead> heads;
    for (const auto& head : all) {
        if (head.service != service) continue;
        if (const auto held = check_signature(head, keys_dir); !held)
            return fail(held.error().code, service + ": the kept head at record " +
                                               std::to_string(head.seq) + ": " +
                                               held.error().message);
        heads.push_back(head);
    }
    return heads;
}

Result<void> walk_log(Shell& shell, const api::ServiceTable& service, ChainCheck& check) {
    Progress progress("verifying " + service.name, !shell.options().quiet);
    std::int64_t after = 0;
    for (;;) {
        if (Interrupt::wanted()) return Interrupt::failure();
        SHOP_TRY(page, shell.call(service, "audit_list", {},
                                  {.query = {{"after", std::to_string(after)}, {"limit", "200"}}}));
        for (const Json& record : page["items"]) check.add(record);
        progress.update(static_cast<std::uint64_t>(check.seq()),
                        static_cast<std::uint64_t>(page.value("last", std::int64_t{0})));
        if (!page.contains("next") || !check.fault().state.empty()) break;
        const std::int64_t next = page.value("next", after);
        if (next <= after)
            return fail(Code::internal, service.name + "'s log does not go on. See its log.");
        after = next;
    }
    progress.finish();
    check.finish();
    return {};
}

Json verdict_row(const std::string& service, const ChainCheck& check) {
    const ChainFault& fault = check.fault();
    return {{"service", service},
            {"state", fault.state.empty() ? "ok" : fault.state},
            {"records", check.seq()},
            {"problem", fault.problem},
            {"hash", check.hash()}};
}

// `whole` stays true where nothing is wrong.
Result<Json> verdict_of(Shell& shell, const api::ServiceTable& service,
                        const std::vector<api::AuditHead>& kept,
                        const std::filesystem::path& keys_dir, bool& whole) {
    auto heads = heads_of(service.name, kept, keys_dir);
    if (!heads && heads.error().code != Code::unauthenticated)
        return tl::make_unexpected(heads.error());
    if (!heads) {
        whole = false;
        return Json{{"service", service.name},
                    {"state", "bad signature"},
                    {"records", 0},
                    {"problem", heads.error().message}};
    }
    ChainCheck check(service.name, *std::move(heads));
    SHOP_CHECK(walk_log(shell, service, check));
    whole = whole && check.fault().state.empty();
    return verdict_row(service.name, check);
}

Result<int> verify_audit(Shell& shell, const std::string& service,
                         const AuditVerifyOptions& options) {
    const Interrupt interrupt;
    std::vector<api::AuditHead> kept;
    std::filesystem::path keys_dir;
    if (!options.head.empty()) {
        SHOP_TRY(heads, read_heads(absolute_path(options.head)));
        SHOP_TRY(folder, keys_folder(shell, options));
        kept = std::move(heads);
        keys_dir = std::move(folder);
    }
    Json rows = Json::array();
    bool whole = true;
    for (const auto* table : chosen_services(service)) {
        SHOP_TRY(row, verdict_of(shell, *table, kept, keys_dir, whole));
        rows.push_back(std::move(row));
    }
    SHOP_CHECK(shell.print(rows, audit_verify_view()));
    if (!whole) shell.say("The audit log was tampered with, or its disk failed.");
    if (whole && options.head.empty())
        shell.say(
            "The chains hold. Only a head that was kept elsewhere tells whether a log was cut "
            "short: shopctl audit head");
    if (whole && !options.head.empty()) shell.say("The chains hold, and so do the kept heads.");
    return whole ? kExitDone : kExitFailed;
}

}  // namespace

Command audit_verify() {
    return {"audit verify", "Check that nobody has altered the audit logs", [](Args& args) -> Run {
                auto service = add_service_option(args);
                auto options = std::make_shared<AuditVerifyOptions>();
                args.text("--head", options->head, "File of heads that was kept elsewhere");
                args.text("--keys-dir", options->keys_dir,
                          "Folder of the services' public keys; else that of the local shop");
                return [service, options](Shell& shell) {
                    return verify_audit(shell, *service, *options);
                };
            }};
}

}  // namespace shop::cli
