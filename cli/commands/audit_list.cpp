#include <algorithm>
#include <deque>

#include "all.hpp"
#include "shell.hpp"
#include "store_options.hpp"

namespace shop::cli {
namespace {

struct AuditListOptions {
    std::string actor, action, subject, since;
    std::int64_t limit = 50;
    bool all = false;

    std::vector<std::pair<std::string, std::string>> filter() const {
        std::vector<std::pair<std::string, std::string>> out;
        // A day is its first moment.
        const std::string moment = since.size() == 10 ? since + "T00:00:00Z" : since;
        for (const auto& [name, value] :
             {std::pair{"actor", actor}, std::pair{"action", action}, std::pair{"subject", subject},
              std::pair{"since", moment}})
            if (!value.empty()) out.emplace_back(name, value);
        return out;
    }
};

const View& audit_view() {
    static const View view{{{"TIME", "/time"},
                            {"SERVICE", "/service"},
                            {"SEQ", "/seq", false, true},
                            {"WHO", "/who"},
                            {"WHAT", "/action"},
                            {"SUBJECT", "/subject"},
                            {"OUTCOME", "/outcome"},
                            {"REASON", "/reason", true},
                            {"ADDRESS", "/address", true},
                            {"REQUEST", "/request_id", true}},
                           "/hash"};
    return view;
}

// Where a service's newest `limit` records begin; 0 where a filter makes that unknown.
Result<std::int64_t> first_position(Shell& shell, const api::ServiceTable& service,
                                    const AuditListOptions& options) {
    if (options.all || !options.filter().empty()) return 0;
    SHOP_TRY(page, shell.call(service, "audit_list", {}, {.query = {{"limit", "1"}}}));
    return std::max<std::int64_t>(0, page.value("last", std::int64_t{0}) - options.limit);
}

// The newest records of one service that fit, marked with its name.
Result<std::deque<Json>> newest_records(Shell& shell, const api::ServiceTable& service,
                                        const AuditListOptions& options) {
    std::deque<Json> rows;
    SHOP_TRY(after, first_position(shell, service, options));
    for (;;) {
        auto query = options.filter();
        query.emplace_back("after", std::to_string(after));
        query.emplace_back("limit", "200");
        SHOP_TRY(page, shell.call(service, "audit_list", {}, {.query = query}));
        for (Json& record : page["items"]) {
            Json row = {{"service", service.name}};
            row.update(record);
            rows.push_back(std::move(row));
            if (!options.all && std::ssize(rows) > options.limit) rows.pop_front();
        }
        const std::int64_t next = page.value("next", after);
        if (next <= after) return rows;
        after = next;
    }
}

void add_words(Json& row) {
    const std::string name = row.value("actor_name", "");
    row["who"] = name.empty() ? row.value("actor", "") : name;
    if (!row.contains("outcome")) row["outcome"] = "done";
}

Result<int> list_audit(Shell& shell, const std::string& service, const AuditListOptions& options) {
    std::vector<Json> rows;
    for (const auto* table : chosen_services(service)) {
        SHOP_TRY(found, newest_records(shell, *table, options));
        rows.insert(rows.end(), found.begin(), found.end());
    }
    std::ranges::stable_sort(rows, {}, [](const Json& row) { return row.value("time", ""); });
    if (!options.all && std::ssize(rows) > options.limit)
        rows.erase(rows.begin(), rows.end() - options.limit);
    const std::string& format = shell.options().output;
    if (format != "json" && format != "yaml") std::ranges::for_each(rows, add_words);
    return shell.print(rows, audit_view());
}

}  // namespace

Command audit_list() {
    return {"audit list", "List who did what in the shop", [](Args& args) -> Run {
                auto service = add_service_option(args);
                auto options = std::make_shared<AuditListOptions>();
                args.text("--actor", options->actor, "Only what this username or id did");
                args.text("--action", options->action, "Only this action, such as user_update");
                args.text("--subject", options->subject, "Only what was done to this id");
                args.text("--since", options->since, "Only from this day or moment on, in UTC");
                const Arg all = args.flag("--all", options->all, "All records, however many");
                args.integer("--limit", options->limit, "The newest records, at most so many", 1,
                             1'000'000)
                    .excludes(all);
                return [service, options](Shell& shell) {
                    return list_audit(shell, *service, *options);
                };
            }};
}

}  // namespace shop::cli
