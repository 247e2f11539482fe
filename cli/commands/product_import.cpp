#include <fstream>
#include <iostream>

#include "all.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "import/fold.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kRequestBytesMax = limits::kBodyBytesMax * 3 / 4;

const View kSummaryView{{{"ROWS", "/rows", false, true},
                         {"PRODUCTS", "/products", false, true},
                         {"CREATED", "/created", false, true},
                         {"UPDATED", "/updated", false, true},
                         {"UNCHANGED", "/unchanged", false, true},
                         {"SKIPPED", "/skipped", false, true},
                         {"REJECTED", "/rejected", false, true}},
                        "/products"};

struct ImportOptions {
    std::string file;
    std::string map;
    std::string skip;
    std::string format;  // empty: by the file's name
    std::string on_duplicate = "update";
    std::string rejects;
    FoldOptions fold;
    bool dry_run = false;
};

// Counts and the file of rejects.
class Report {
public:
    explicit Report(const std::string& rejects_path) {
        if (rejects_path.empty()) return;
        file_.open(rejects_path, std::ios::trunc);
        file_ << "line,sku,reason\n";
        wanted_ = true;
    }
    bool usable() const { return !wanted_ || file_.good(); }
    void reject(const Reject& reject) {
        ++counts_["rejected"];
        ++reasons_[reject.reason];
        if (wanted_)
            file_ << reject.line << "," << csv_field(reject.sku) << "," << csv_field(reject.reason)
                  << "\n";
    }
    void outcome(const Json& row) {
        const std::string outcome = row.value("outcome", "");
        if (outcome == "rejected")
            return reject({row.value("line", std::int64_t{0}), row.value("sku", ""),
                           row.value("reason", "")});
        ++counts_[outcome];
    }
    Json summary(const Fold& fold) const {
        Json out = {{"rows", fold.rows()}, {"products", fold.products()}};
        for (const char* name : {"created", "updated", "unchanged", "skipped", "rejected"})
            out[name] = count(name) + (std::string_view(name) == "skipped" ? fold.skipped() : 0);
        return out;
    }
    std::uint64_t count(const std::string& name) const {
        const auto at = counts_.find(name);
        return at == counts_.end() ? 0 : at->second;
    }
    // The most frequent reasons, for people.
    void say_reasons(const Shell& shell) const {
        std::vector<std::pair<std::uint64_t, std::string>> sorted;
        for (const auto& [reason, times] : reasons_) sorted.emplace_back(times, reason);
        std::ranges::sort(sorted, std::greater<>());
        for (std::size_t i = 0; i < std::min<std::size_t>(5, sorted.size()); ++i)
            shell.say("rejected " + std::to_string(sorted[i].first) + ": " + sorted[i].second);
    }

private:
    std::ofstream file_;
    bool wanted_ = false;
    std::map<std::string, std::uint64_t> counts_;
    std::map<std::string, std::uint64_t> reasons_;
};

bool is_json(const ImportOptions& options) {
    if (!options.format.empty()) return options.format == "jsonl";
    return options.file.ends_with(".jsonl") || options.file.ends_with(".ndjson");
}

Result<void> read_file_rows(const Shell& shell, const ImportOptions& options, Fold& fold) {
    SHOP_TRY(map, parse_map(options.map));
    std::ifstream file;
    std::error_code ignored;
    std::uint64_t total = 0;
    if (options.file != "-") {
        file.open(options.file, std::ios::binary);
        if (!file) return fail(Code::not_found, "Can't read " + options.file + ".");
        total = std::filesystem::file_size(options.file, ignored);
    }
    std::istream& in = options.file == "-" ? std::cin : file;
    std::uint64_t bytes = 0;
    Progress progress("reading", !shell.options().quiet);
    const Take take = [&](Row& row) {
        fold.take(row);
        if (fold.rows() % 1024 == 0) progress.update(bytes, total);
    };
    return is_json(options) ? read_json_lines(in, map, &bytes, take)
                            : read_csv(in, map, &bytes, take);
}

Result<void> send_batches(Shell& shell, const ImportOptions& options, const Fold& fold,
                          Report& report) {
    Progress progress("importing", !shell.options().quiet);
    for (std::size_t at = 0; at < fold.products();) {
        Json rows = Json::array();
        for (std::size_t bytes = 0; at < fold.products() && rows.size() < limits::kBatchItemsMax;
             ++at) {
            Json row = fold.import_row(at);
            bytes += dump(row).size();
            if (bytes > kRequestBytesMax && !rows.empty()) break;
            rows.push_back(std::move(row));
        }
        SHOP_TRY(result, shell.call(api::products_service(), "product_import", {},
                                    {.body = Json{{"on_duplicate", options.on_duplicate},
                                                  {"dry_run", options.dry_run},
                                                  {"rows", std::move(rows)}}}));
        for (const Json& row : result["rows"]) report.outcome(row);
        progress.update(at, fold.products());
    }
    return {};
}

Result<int> import(Shell& shell, ImportOptions& options) {
    for (const auto sku : split(options.skip, ','))
        if (!trim(sku).empty()) options.fold.skip_skus.insert(to_upper(trim(sku)));
    Report report(options.rejects);
    if (!report.usable())
        return fail(Code::invalid_argument, "Can't write to " + options.rejects + ".");
    Fold fold(options.fold, [&](const Reject& reject) { report.reject(reject); });
    SHOP_CHECK(read_file_rows(shell, options, fold));
    SHOP_CHECK(send_batches(shell, options, fold, report));
    SHOP_CHECK(shell.print(report.summary(fold), kSummaryView));
    if (options.dry_run) shell.say("A dry run: nothing was changed.");
    if (report.count("rejected") == 0) return kExitDone;
    report.say_reasons(shell);
    if (!options.rejects.empty()) {
        shell.say("Each with its line: " + options.rejects);
        return kExitDone;
    }
    shell.say("See each with its line by giving --rejects FILE.");
    return kExitFailed;
}

}  // namespace

Command product_import() {
    return {
        "product import", "Create and update products from a file", [](Args& args) -> Run {
            auto options = std::make_shared<ImportOptions>();
            args.text("file", options->file, "CSV or JSON lines; - for standard input").required();
            args.text("--map", options->map, "Columns with other names: sku=StockCode,name=Title");
            args.text("--skip-sku", options->skip, "SKUs to pass over, separated by commas");
            args.text("--format", options->format, "csv or jsonl, where the name does not tell")
                .one_of({"csv", "jsonl"});
            args.text("--currency", options->fold.currency, "Where a row has none");
            args.text("--on-duplicate", options->on_duplicate,
                      "What to do with a SKU that is there")
                .one_of({"update", "skip", "fail"});
            args.text("--rejects", options->rejects, "File for the rows that do not go in");
            args.flag("--dry-run", options->dry_run, "Only tell what would happen");
            return [options](Shell& shell) { return import(shell, *options); };
        }};
}

}  // namespace shop::cli
