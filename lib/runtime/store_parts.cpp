#include "runtime/store_parts.hpp"

#include "events/audit.hpp"
#include "events/event.hpp"
#include "events/idempotency.hpp"

namespace shop::runtime {

StorePart store_part(std::string name, store::Store& store, PageCheck check) {
    return {std::move(name),
            [&store, check = std::move(check)](const events::Origin& by, std::string_view after,
                                               bool repair) -> Result<store::CheckPage> {
                store::CheckPage page;
                const auto look = [&](const store::Snapshot& snapshot,
                                      store::Transaction* tx) -> Result<void> {
                    SHOP_TRY(found, check(by, snapshot, after, tx));
                    page = std::move(found);
                    return {};
                };
                if (repair)
                    SHOP_CHECK(store.write([&](store::Transaction& tx) { return look(tx, &tx); }));
                else
                    SHOP_CHECK(store.read(
                        [&](const store::Snapshot& snapshot) { return look(snapshot, nullptr); }));
                return page;
            }};
}

std::vector<StorePart> journal_parts(store::Store& store, const events::Journal& journal) {
    using events::Origin;
    using store::Snapshot;
    using store::Transaction;
    return {
        store_part("events", store,
                   [&journal](const Origin&, const Snapshot& snapshot, std::string_view after,
                              Transaction*) {
                       return events::check_events(snapshot, journal.events, after, kCheckedAtOnce);
                   }),
        store_part("audit", store,
                   [&journal](const Origin&, const Snapshot& snapshot, std::string_view after,
                              Transaction*) {
                       return events::check_audit(snapshot, journal.audit, after, kCheckedAtOnce);
                   }),
        store_part("idempotency", store,
                   [&journal](const Origin&, const Snapshot& snapshot, std::string_view after,
                              Transaction* repair) {
                       return events::check_answers(snapshot, journal.idempotency, after,
                                                    kCheckedAtOnce, repair);
                   })};
}

}  // namespace shop::runtime
