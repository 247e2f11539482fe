#include "deploy/command.hpp"

#include <filesystem>

#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

// "30" for 30.0: what the other side's --timeout reads.
std::string number_text(double value) { return fmt::format("{}", value); }

void add_common(RemoteCall& call, const Options& options) {
    auto& words = call.words;
    words.insert(words.end(),
                 {"--output", options.output, "--timeout", number_text(options.timeout_seconds)});
    if (!options.context.empty()) words.insert(words.end(), {"--context", options.context});
    if (options.yes) words.emplace_back("--yes");
    if (options.quiet) words.emplace_back("--quiet");
}

const View& outcome_view() {
    static const View view{
        {{"VERDICT", "/verdict"}, {"RELEASE", "/release"}, {"REASON", "/reason"}}, "/release"};
    return view;
}

const View& change_view() {
    static const View view{{{"SERVICE", "/service"}, {"CHANGE", "/change"}}, "/service"};
    return view;
}

}  // namespace

std::shared_ptr<std::string> add_file_option(Args& args) {
    auto file = std::make_shared<std::string>(kManifestFile);
    args.text("--file", *file, "How and where to deploy");
    return file;
}

std::vector<std::string> WorkOptions::words(std::vector<std::string> command) const {
    if (!message.empty()) command.insert(command.end(), {"--message", message});
    if (steal) command.emplace_back("--steal");
    if (no_backup) command.emplace_back("--no-backup");
    return command;
}

std::shared_ptr<WorkOptions> add_work_options(Args& args) {
    auto options = std::make_shared<WorkOptions>();
    args.text("--file", options->file, "How and where to deploy");
    args.text("-m,--message", options->message, "Why, for the history");
    args.flag("--steal", options->steal,
              "Take the lock from whoever holds it; the history says so");
    return options;
}

Result<int> on_host(Shell& shell, const std::string& file, RemoteCall call,
                    const std::function<Result<int>(Host&)>& here) {
    const auto path = std::filesystem::absolute(file).lexically_normal();
    auto manifest = read_manifest(path);
    if (!manifest && manifest.error().code == Code::not_found)
        return fail(Code::not_found, "There is no " + path.string() +
                                         ". Write one with `shopctl deploy init`, or name another "
                                         "with --file.");
    if (!manifest) return tl::make_unexpected(manifest.error());
    if (is_remote(*manifest)) {
        add_common(call, shell.options());
        return run_there(*manifest, call);
    }
    SHOP_TRY(host, Host::open(*std::move(manifest)));
    return here(*host);
}

Result<int> tell(const Shell& shell, const Outcome& outcome, std::string_view wanted) {
    SHOP_CHECK(shell.print(
        {{"verdict", outcome.verdict}, {"release", outcome.release}, {"reason", outcome.reason}},
        outcome_view()));
    return outcome.verdict == wanted ? kExitDone : kExitFailed;
}

Result<int> print_plan(const Shell& shell, const Plan& plan) {
    for (const std::string& line : plan.warnings) shell.say("warning: " + line);
    for (const std::string& line : plan.refusals) shell.say("refused: " + line);
    const std::string& format = shell.options().output;
    if (format == "json" || format == "yaml")
        return shell.print(schema::encode(plan), change_view());
    Json rows = Json::array();
    for (const Change& change : plan.changes)
        for (const std::string& line : change.why)
            rows.push_back({{"service", change.service}, {"change", line}});
    return shell.print(rows, change_view());
}

}  // namespace shop::cli::deploy
