// The audit log of a service as its clients see it: who changed what or was refused, record by
// record, each with the hash of the one before it; and its head, signed, to be kept elsewhere.
//
// hash(n) = SHA-256(hash(n-1) as hex || JSON of record n without `hash`). The records are answered
// as they are stored, so that a client checks the chain by itself.
//
// Thread safety: values and free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.hpp"
#include "base/json.hpp"
#include "schema/field.hpp"

namespace shop::api {

inline constexpr std::string_view kRefused = "refused";
// What the signature of a head is for (`aud`), so that it never passes as an access token.
inline constexpr std::string_view kAuditAudience = "audit";

// Members that are absent don't count in the hash: older records have none of the optional ones.
struct AuditRecord {
    std::int64_t seq = 0;  // set by append
    Time time{};
    std::string action;  // the endpoint's id: "product_update"
    std::string actor;   // user id, service name, or "" for nobody
    std::string actor_name;
    std::string subject;  // id of what was changed
    std::string request_id;
    std::string address;                 // of the peer
    std::optional<std::string> outcome;  // kRefused; absent: done
    std::optional<std::string> reason;   // of a refusal
    // {"price.amount": {"from": 295, "to": 325}}: what differs; see events/differences.hpp
    std::optional<Json> changes;
    std::string previous;  // hash of the record before; set by append
    std::string hash;      // set by append
};

// Which records; all of what is given must hold.
struct AuditQuery {
    std::int64_t after = 0;
    std::int64_t limit = 50;
    std::optional<std::string> actor;
    std::optional<std::string> action;
    std::optional<std::string> subject;
    std::optional<Time> since;
};
struct AuditPage {
    std::vector<AuditRecord> items;
    std::int64_t last = 0;             // the newest position there is
    std::optional<std::int64_t> next;  // go on with it as `after`; absent: all was looked at
};

// The newest record. `signature` is a compact JWS (ES256) by the service's own key over the other
// members and `aud`.
struct AuditHead {
    std::string service;
    std::int64_t seq = 0;  // 0, with an empty hash: the log is empty
    std::string hash;
    Time time{};  // of signing
    std::string signature;
};

// The hash of a record that follows one with the hash `previous`. Its own `hash` does not count.
std::string audit_link_hash(const std::string& previous, Json record);

// The rows of these endpoints.
std::vector<Endpoint> audit_endpoints();

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::AuditRecord>();
template <> const StructType& type_of<api::AuditQuery>();
template <> const StructType& type_of<api::AuditPage>();
template <> const StructType& type_of<api::AuditHead>();
// clang-format on
}  // namespace shop::schema
