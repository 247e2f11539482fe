#include "events/change.hpp"

#include <utility>

#include "events/differences.hpp"

namespace shop::events {

AuditRecord Change::record_of(std::string subject) const {
    return {.time = origin_.now,
            .action = origin_.action,
            .actor = actor_,
            .actor_name = actor_name_,
            .subject = std::move(subject),
            .request_id = origin_.request_id,
            .address = origin_.address};
}

void Change::emit(std::string type, std::string subject, Json data, std::optional<Json> before) {
    AuditRecord record = record_of(subject);
    if (before) record.changes = differences(*before, data);
    append_audit(tx_, journal_.audit, std::move(record));
    append_event(tx_, journal_.events,
                 {.type = std::move(type),
                  .time = origin_.now,
                  .subject = std::move(subject),
                  .actor = actor_,
                  .data = std::move(data)});
}

void Change::refuse(std::string subject, std::string reason) {
    AuditRecord record = record_of(std::move(subject));
    record.outcome = api::kRefused;
    record.reason = std::move(reason);
    append_audit(tx_, journal_.audit, std::move(record));
}

void Change::act_as(std::string user_id, std::string username) {
    if (!actor_.empty()) return;
    actor_ = std::move(user_id);
    actor_name_ = std::move(username);
}

}  // namespace shop::events
