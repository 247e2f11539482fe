// One change of a service's data: the domain's writes, their events and their audit record in one
// transaction.
//
// The journal (tables for events, audit and idempotency) is the same in every service. Domain code
// gets a Change and writes its documents through tx(); it says what happened with emit().
//
// Thread safety: a Change belongs to the closure that got it.
#pragma once

#include <optional>
#include <string>

#include "auth/principal.hpp"
#include "base/time.hpp"
#include "events/audit.hpp"
#include "events/event.hpp"
#include "store/collection.hpp"
#include "store/store.hpp"

namespace shop::events {

// The tables of the journal; declare it in the service's Layout.
struct Journal {
    explicit Journal(store::Layout& layout)
        : events(layout.table("events")),
          audit(layout.table("audit")),
          idempotency(layout.table("idempotency")) {}
    store::Table events;
    store::Table audit;
    store::Table idempotency;
};

// Who asks for a change, and in which request.
struct Origin {
    auth::Principal principal;
    // The endpoint's id, or the name of a background task: "reservation_expire".
    std::string action;
    std::string request_id;
    std::string address;
    Time now{};
    std::string traceparent = {};  // W3C Trace Context, passed on to the services that are asked
};

class Change {
public:
    Change(store::Transaction& tx, const Journal& journal, const Origin& origin)
        : tx_(tx), journal_(journal), origin_(origin) {}

    store::Transaction& tx() { return tx_; }
    const Origin& origin() const { return origin_; }
    Time now() const { return origin_.now; }
    // Appends the event and its audit record. Every change says at least one. With `before`, what
    // the document was until now (null: there was none), the audit record says what differs in
    // `data`, which of something deleted has nothing but what names it.
    void emit(std::string type, std::string subject, Json data,
              std::optional<Json> before = std::nullopt);
    // An audit record without an event: what was asked for was refused. `reason` has nothing that
    // the asker typed.
    void refuse(std::string subject, std::string reason);
    // Who it is that signs in: they are the actor of what follows, where nobody is known so far.
    void act_as(std::string user_id, std::string username);

private:
    AuditRecord record_of(std::string subject) const;

    store::Transaction& tx_;
    const Journal& journal_;
    const Origin& origin_;
    std::string actor_ = origin_.principal.user_id;
    std::string actor_name_ = origin_.principal.username;
};

}  // namespace shop::events
