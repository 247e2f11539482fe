// Who did what: the services' audit logs.
#include <fmt/format.h>

#include <algorithm>

#include "api/audit.hpp"
#include "base/text.hpp"
#include "storefrontd/changes_text.hpp"
#include "storefrontd/form_errors.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

constexpr std::int64_t kRecords = 50;  // of a page
constexpr const char* kFilters[] = {"actor", "action", "subject"};
constexpr FieldName kFields[] = {{"actor", "actor"}, {"action", "action"}, {"subject", "subject"}};

const runtime::Needs& log_of(const std::string& service) {
    if (service == "productd") return catalogue_needs();
    return service == "orderd" ? order_needs() : account_needs();
}

Json row_of(const api::AuditRecord& record) {
    const std::string& name = record.actor_name.empty() ? record.actor : record.actor_name;
    return {{"seq", std::to_string(record.seq)},
            {"when", date_time_text(record.time)},
            {"when_iso", format_time(record.time)},
            {"actor_name", name.empty() ? "nobody" : name},
            {"action_name", record.action},
            {"subject_id", record.subject},
            {"address", record.address},
            {"reason", record.reason.value_or("")},
            {"changes", record.changes ? changes_text(*record.changes) : ""},
            {"is_refused", record.outcome == std::string(api::kRefused)}};
}

Result<api::AuditPage> read(Visit& visit, const runtime::Needs& log, std::int64_t after,
                            std::int64_t limit) {
    Fields::Pairs wanted = {{"after", std::to_string(after)}, {"limit", std::to_string(limit)}};
    for (const auto* name : kFilters)
        if (const std::string value = typed(visit.query(), name); !value.empty())
            wanted.emplace_back(name, value);
    return visit.call<api::AuditPage>(log, "audit_list", {}, {.query = std::move(wanted)});
}

bool has_filter(const Fields& query) {
    return std::ranges::any_of(kFilters,
                               [&](const char* name) { return !typed(query, name).empty(); });
}

// A whole log is read from its end, since what happened last is what somebody looks for.
Result<void> add_newest(Visit& visit, const runtime::Needs& log, const Address& here,
                        std::optional<std::int64_t> after, Json& model) {
    std::int64_t from = after.value_or(0);
    if (!after) {
        SHOP_TRY(end, read(visit, log, 0, 1));
        from = std::max<std::int64_t>(end.last - kRecords, 0);
    }
    SHOP_TRY(page, read(visit, log, from, kRecords));
    std::ranges::reverse(page.items);
    for (const auto& record : page.items) model["records"].push_back(row_of(record));
    Json pager = {{"first", ""}, {"previous", ""}, {"next", ""}};
    if (after) pager["first"] = here.text();
    if (from > 0)
        pager["next"] =
            Address(here)
                .with("after", std::to_string(std::max<std::int64_t>(from - kRecords, 0)))
                .text();
    model["pager"] = after || from > 0 ? std::move(pager) : Json(nullptr);
    return {};
}

// With a filter it is read from its beginning, as the services look for records.
Result<void> add_filtered(Visit& visit, const runtime::Needs& log, const Address& here,
                          std::optional<std::int64_t> after, Json& model) {
    SHOP_TRY(page, read(visit, log, after.value_or(0), kRecords));
    for (const auto& record : page.items) model["records"].push_back(row_of(record));
    Json pager = {{"first", ""}, {"previous", ""}, {"next", ""}};
    if (after) pager["first"] = here.text();
    if (page.next) pager["next"] = Address(here).with("after", std::to_string(*page.next)).text();
    model["pager"] = after || page.next ? std::move(pager) : Json(nullptr);
    return {};
}

Result<Reply> audit(Visit& visit, Call&) {
    const auto& query = visit.query();
    const std::string service = query.has("service") ? query.get("service") : "userd";
    Json model = {{"services", select_of({{"userd", "Accounts"},
                                          {"productd", "Products and stock"},
                                          {"orderd", "Orders"}},
                                         service)},
                  {"records", Json::array()},
                  {"is_down", false}};
    Address here("/admin/audit");
    here.with("service", query.get("service"));
    for (const auto* name : kFilters) {
        model[name] = typed(query, name);
        here.with(name, typed(query, name));
    }
    std::optional<std::int64_t> after = parse_int(query.get("after"));
    if (after && *after < 0) after.reset();
    const auto added =
        (has_filter(query) ? add_filtered : add_newest)(visit, log_of(service), here, after, model);
    model["has_records"] = !model["records"].empty();
    if (added) return visit.page("admin_audit", "Who did what", std::move(model));
    const Error& error = added.error();
    model["is_down"] = is_silence(error);
    if (!is_silence(error) && !is_about_form(error)) return tl::make_unexpected(error);
    if (!is_silence(error)) tell(model, error, kFields);
    return come_back(visit, "admin_audit", "Who did what", std::move(model), error);
}

constexpr PageRow kPages[] = {{"admin_audit", scope::kAuditRead, audit}};

}  // namespace

std::span<const PageRow> admin_audit_pages() { return kPages; }

}  // namespace shop::storefront
