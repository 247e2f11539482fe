#include "backup/check.hpp"

#include "local/interrupt.hpp"
#include "output/terminal.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

class Check {
public:
    Check(Shell& shell, bool repair) : shell_(shell), repair_(repair) {}

    Result<void> service(const api::ServiceTable& service) {
        SHOP_TRY(stats, shell_.call(service, "store_get"));
        const auto entries = stats.value("entries", std::int64_t{0});
        const std::int64_t before = outcome_.examined;
        Progress progress("checking " + service.name, !shell_.options().quiet);
        std::string cursor;
        for (;;) {
            if (Interrupt::wanted()) return Interrupt::failure();
            SHOP_TRY(page, next_page(service, cursor));
            take(service, page);
            progress.update(static_cast<std::uint64_t>(outcome_.examined - before),
                            static_cast<std::uint64_t>(entries));
            if (!page.next_cursor) return {};
            if (*page.next_cursor == cursor)
                return fail(Code::internal, service.name + "'s check does not go on. See its log.");
            cursor = *page.next_cursor;
        }
    }
    CheckOutcome outcome() { return std::move(outcome_); }

private:
    Result<api::StoreCheckPage> next_page(const api::ServiceTable& service,
                                          const std::string& cursor) {
        SHOP_TRY(json,
                 shell_.call(service, "store_check", {},
                             {.body = schema::encode(api::StoreCheckRequest{cursor, repair_})}));
        return schema::decode<api::StoreCheckPage>(json, schema::Mode::stored);
    }
    void take(const api::ServiceTable& service, const api::StoreCheckPage& page) {
        outcome_.examined += page.examined;
        for (const api::StoreFinding& finding : page.findings) {
            ++outcome_.found;
            if (!finding.repaired) ++outcome_.left;
            outcome_.repairable |= finding.repairable && !finding.repaired;
            if (outcome_.findings.size() < kFindingsMax)
                outcome_.findings.push_back({service.name, finding});
        }
    }

    Shell& shell_;
    const bool repair_;
    CheckOutcome outcome_;
};

}  // namespace

Json CheckOutcome::findings_json() const {
    Json out = Json::array();
    for (const Finding& finding : findings) {
        Json row = {{"service", finding.service}};
        row.update(schema::encode(finding.what));
        out.push_back(std::move(row));
    }
    return out;
}

Result<CheckOutcome> check_stores(Shell& shell,
                                  const std::vector<const api::ServiceTable*>& services,
                                  bool repair) {
    Check check(shell, repair);
    for (const auto* service : services) SHOP_CHECK(check.service(*service));
    return check.outcome();
}

}  // namespace shop::cli
