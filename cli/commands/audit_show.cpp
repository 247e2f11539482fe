#include <iostream>

#include "all.hpp"
#include "output/terminal.hpp"
#include "shell.hpp"
#include "store_options.hpp"

namespace shop::cli {
namespace {

const View& audit_record_view() {
    static const View view{{{"FIELD", "/field"}, {"VALUE", "/value"}}, "/value"};
    return view;
}

const View& audit_change_view() {
    static const View view{{{"CHANGED", "/field"}, {"BEFORE", "/from"}, {"AFTER", "/to"}},
                           "/field"};
    return view;
}

Json change_rows(const Json& record) {
    Json rows = Json::array();
    const Json changes = record.value("changes", Json::object());
    for (const auto& [field, change] : changes.items())
        rows.push_back({{"field", field},
                        {"from", change.value("from", Json())},
                        {"to", change.value("to", Json())}});
    return rows;
}

Json field_rows(const Json& record) {
    Json rows = Json::array();
    for (const auto& [field, value] : record.items())
        if (field != "changes" && value != "") rows.push_back({{"field", field}, {"value", value}});
    return rows;
}

Result<int> show_audit(Shell& shell, const std::string& service, std::int64_t seq) {
    const auto services = chosen_services(service);
    SHOP_TRY(record, shell.call(*services.front(), "audit_get", {std::to_string(seq)}));
    const std::string& format = shell.options().output;
    if (format != "table" && format != "wide") return shell.print(record, audit_record_view());
    SHOP_CHECK(shell.print(field_rows(record), audit_record_view()));
    const Json changes = change_rows(record);
    if (changes.empty()) return kExitDone;
    std::cout << '\n';
    return shell.print(changes, audit_change_view());
}

}  // namespace

Command audit_show() {
    return {"audit show", "Show an audit record: who, from where, before and after",
            [](Args& args) -> Run {
                auto service = std::make_shared<std::string>();
                auto seq = std::make_shared<std::int64_t>(0);
                std::vector<std::string> names;
                for (const auto* table : api::all_services()) names.push_back(table->name);
                args.text("service", *service, "Whose log").required().one_of(names);
                args.integer("seq", *seq, "The record's position, as the list shows it", 1,
                             std::numeric_limits<std::int64_t>::max())
                    .required();
                return [service, seq](Shell& shell) { return show_audit(shell, *service, *seq); };
            }};
}

}  // namespace shop::cli
