
#include "all.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {
namespace {

struct EventOptions {
    std::string service;
    std::int64_t after = 0;
    std::int64_t limit = 50;
};

// Events of one service, marked with its name.
Result<void> collect(Shell& shell, const api::ServiceTable& service, const EventOptions& options,
                     Json& rows) {
    std::int64_t after = options.after;
    for (std::int64_t found = 0; found < options.limit;) {
        const std::int64_t want = std::min<std::int64_t>(200, options.limit - found);
        SHOP_TRY(page, shell.call(service, "events", {},
                                  {.query = {{"after", std::to_string(after)},
                                             {"limit", std::to_string(want)}}}));
        for (Json& event : page["items"]) {
            after = event.value("seq", after);
            Json row = {{"service", service.name}};
            row.update(event);
            rows.push_back(std::move(row));
            ++found;
        }
        if (std::ssize(page["items"]) < want) break;
    }
    return {};
}

}  // namespace

Command event_list() {
    return {"event list", "List what happened in the shop", [](Args& args) -> Run {
                auto options = std::make_shared<EventOptions>();
                args.text("--service", options->service, "Only this one")
                    .one_of({"userd", "productd", "orderd"});
                args.integer("--after", options->after, "Only events after this position", 0,
                             std::numeric_limits<std::int64_t>::max());
                args.integer("--limit", options->limit, "Events of a service at most", 1,
                             1'000'000);
                return [options](Shell& shell) -> Result<int> {
                    Json rows = Json::array();
                    for (const auto* service : api::all_services())
                        if (options->service.empty() || options->service == service->name)
                            SHOP_CHECK(collect(shell, *service, *options, rows));
                    std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) {
                        return a.value("time", "") < b.value("time", "");
                    });
                    return shell.print(rows, event_view());
                };
            }};
}

}  // namespace shop::cli
