#include "runtime/audit_desk.hpp"

#include "auth/statement.hpp"
#include "base/text.hpp"
#include "events/audit.hpp"

namespace shop::runtime {

std::vector<std::pair<std::string, Handler>> AuditDesk::handlers() const {
    return {{"audit_list", [this](Call& call) { return list(call); }},
            {"audit_get", [this](Call& call) { return get(call); }},
            {"audit_head", [this](Call& call) { return head(call); }}};
}

Result<Reply> AuditDesk::list(const Call& call) const {
    SHOP_TRY(query, call.query<api::AuditQuery>());
    return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
        const auto slice = events::audit_after(snapshot, parts_.journal.audit, query);
        std::string body = "{\"items\":[";
        for (const std::string& item : slice.items) {
            if (body.back() != '[') body += ',';
            body += item;
        }
        body += "],\"last\":" + std::to_string(slice.last);
        if (slice.next) body += ",\"next\":" + std::to_string(*slice.next);
        return Reply::bytes(body + "}");
    });
}

Result<Reply> AuditDesk::get(const Call& call) const {
    const auto seq = parse_int(call.param("seq"));
    return call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
        const auto record = seq && *seq > 0
                                ? snapshot.get(parts_.journal.audit, store::key_of(*seq))
                                : std::nullopt;
        if (!record) return fail(Code::not_found, "There is no such audit record.");
        return Reply::bytes(*record);
    });
}

Result<Reply> AuditDesk::head(const Call& call) const {
    events::AuditRecord last;
    SHOP_CHECK(call.read([&](const store::Snapshot& snapshot) -> Result<Reply> {
        last = events::last_audit(snapshot, parts_.journal.audit);
        return Reply::empty();
    }));
    api::AuditHead head{.service = parts_.table.name,
                        .seq = last.seq,
                        .hash = last.hash,
                        .time = parts_.clock.now(),
                        .signature = {}};
    Json claims = schema::encode(head);
    claims.erase("signature");
    auto signature =
        auth::sign_statement(parts_.keys_dir, head.service, api::kAuditAudience, claims);
    // Without its own key no service starts: it was taken away since.
    if (!signature) return fail(Code::internal, signature.error().message);
    head.signature = *std::move(signature);
    return Reply::json(head);
}

}  // namespace shop::runtime
