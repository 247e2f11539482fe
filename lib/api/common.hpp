// Resources that every service has: lists, health, version, events.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "schema/field.hpp"

namespace shop::api {

// Paging: `cursor` is what the page before gave as next_cursor; its content is the service's own
// affair.
struct PageQuery {
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
};

// What happened in a service. The sequence has no holes; it starts at 1.
struct Event {
    std::int64_t seq = 0;  // set by the store of events
    std::string id;        // "evt_…"; set by append
    std::string type;      // "product.updated"
    Time time{};
    std::string subject;  // id of what changed
    std::string actor;    // who changed it; empty: the service itself
    Json data;  // the document after the change, or what the type's documentation says; never a
                // secret
};

struct EventPage {
    std::vector<Event> items;
    std::int64_t last = 0;  // newest sequence there is; a consumer that has it is up to date
    std::int64_t next = 0;  // how far was read: `after` of the next call, also where no item fitted
};

struct EventQuery {
    std::int64_t after = 0;
    std::int64_t limit = 50;
    std::int64_t wait = 0;             // seconds to wait for the first event; 0: answer at once
    std::optional<std::string> types;  // with commas between them; nothing: all
    std::optional<Time> since;
};

struct HealthCheck {
    std::string name;  // "store", "productd"
    bool ok = true;
    bool vital = true;  // false: without it the service goes on with less
    std::string detail;
};
struct Health {
    std::string service;
    std::string status;  // "ok", "degraded" (something not vital is down), "unavailable"
    std::vector<HealthCheck> checks;
};
struct HealthQuery {
    std::optional<std::string> verbose;
};

struct Version {
    std::string service;
    std::string version;
    std::string commit;
    std::int64_t store_format = 1;
};

struct Empty {};

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::PageQuery>();
template <> const StructType& type_of<api::Event>();
template <> const StructType& type_of<api::EventPage>();
template <> const StructType& type_of<api::EventQuery>();
template <> const StructType& type_of<api::HealthCheck>();
template <> const StructType& type_of<api::Health>();
template <> const StructType& type_of<api::HealthQuery>();
template <> const StructType& type_of<api::Version>();
template <> const StructType& type_of<api::Empty>();
// clang-format on
}  // namespace shop::schema
