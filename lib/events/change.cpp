#include "events/change.hpp"

#include <utility>

namespace shop::events {

void Change::emit(std::string type, std::string subject, Json data) {
    append_audit(tx_, journal_.audit,
                 {.time = origin_.now,
                  .action = origin_.action,
                  .actor = origin_.principal.user_id,
                  .actor_name = origin_.principal.username,
                  .subject = subject,
                  .request_id = origin_.request_id,
                  .address = origin_.address});
    append_event(tx_, journal_.events,
                 {.type = std::move(type),
                  .time = origin_.now,
                  .subject = std::move(subject),
                  .actor = origin_.principal.user_id,
                  .data = std::move(data)});
}

}  // namespace shop::events
