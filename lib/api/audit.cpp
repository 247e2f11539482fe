#include "api/audit.hpp"

#include "api/tables.hpp"
#include "base/random.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<AuditRecord>() {
    using T = AuditRecord;
    static const StructType type{
        "AuditRecord",
        "Who changed what, or was refused; one link of the audit chain.",
        {
            field<&T::seq>("seq", "Position in the chain; without holes.", ReadOnly{}),
            field<&T::time>("time", "When.", ReadOnly{}),
            field<&T::action>("action", "The endpoint's id, or the task's name.", ReadOnly{},
                              Example{"\"product_update\""}),
            field<&T::actor>("actor", "Id of who did it, or the service's name.", ReadOnly{}),
            field<&T::actor_name>("actor_name", "That one's username.", ReadOnly{}),
            field<&T::subject>("subject", "Id of what was changed.", ReadOnly{}),
            field<&T::request_id>("request_id", "The request's id.", ReadOnly{}),
            field<&T::address>("address", "Where the request came from.", ReadOnly{}),
            field<&T::outcome>("outcome", "refused; absent: done.", ReadOnly{},
                               OneOf{{std::string(kRefused)}}),
            field<&T::reason>("reason", "Why it was refused.", ReadOnly{}),
            field<&T::changes>("changes",
                               "What differs, as {\"field\": {\"from\": …, \"to\": …}}; never a "
                               "secret, long texts cut.",
                               ReadOnly{}),
            field<&T::previous>("previous", "Hash of the record before.", ReadOnly{}),
            field<&T::hash>("hash", "Hash of the record before and this one.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<AuditQuery>() {
    using T = AuditQuery;
    static const StructType type{
        "AuditQuery",
        "Which records of the audit log.",
        {
            field<&T::after>("after", "Records after this position.",
                             Range{0, std::numeric_limits<std::int64_t>::max()}),
            field<&T::limit>("limit", "Records at most.",
                             Range{1, std::int64_t{limits::kPageItemsMax}}),
            field<&T::actor>("actor", "Only those of this id or username.", Length{1, 100}),
            field<&T::action>("action", "Only those of this action.", Length{1, 100}),
            field<&T::subject>("subject", "Only those about this id.", Length{1, 100}),
            field<&T::since>("since", "Only those of this moment or later."),
        }};
    return type;
}

template <>
const StructType& type_of<AuditPage>() {
    static const StructType type{
        "AuditPage",
        "Audit records in the order of the chain.",
        {
            field<&AuditPage::items>("items", "The records, as they are stored.", ReadOnly{}),
            field<&AuditPage::last>("last", "The newest position there is.", ReadOnly{}),
            field<&AuditPage::next>("next",
                                    "Give it as `after` to go on; absent where all was looked at. "
                                    "With a filter a page may be empty and have it.",
                                    ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<AuditHead>() {
    using T = AuditHead;
    static const StructType type{
        "AuditHead",
        "The newest audit record. Kept elsewhere, it tells later whether the log was cut short or "
        "written anew.",
        {
            field<&T::service>("service", "Whose log.", ReadOnly{}),
            field<&T::seq>("seq", "The record's position; 0: there is none.", ReadOnly{}),
            field<&T::hash>("hash", "The record's hash.", ReadOnly{}),
            field<&T::time>("time", "When this was signed.", ReadOnly{}),
            field<&T::signature>("signature",
                                 "Of the service over the other members: a compact JWS (ES256).",
                                 ReadOnly{}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

using schema::type_of;

std::string audit_link_hash(const std::string& previous, Json record) {
    record.erase("hash");
    return sha256_hex(previous + dump(record));
}

std::vector<Endpoint> audit_endpoints() {
    return {
        {.id = "audit_list",
         .method = "GET",
         .path = "/v1/audit",
         .summary = "Read the audit log",
         .scope = auth::scope::kAuditRead,
         .query = &type_of<AuditQuery>(),
         .response = &type_of<AuditPage>()},
        {.id = "audit_get",
         .method = "GET",
         .path = "/v1/audit/{seq}",
         .summary = "Get an audit record",
         .scope = auth::scope::kAuditRead,
         .response = &type_of<AuditRecord>(),
         .errors = {Code::not_found}},
        {.id = "audit_head",
         .method = "GET",
         .path = "/v1/audit-head",
         .summary = "Get the audit log's signed head",
         .scope = auth::scope::kAuditRead,
         .response = &type_of<AuditHead>()},
    };
}

}  // namespace shop::api
