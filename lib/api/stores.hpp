// Resources of a service's store: figures, the consistency check, snapshots for backups. Every
// service that keeps data has these endpoints.
//
// A backup of a shop is made of one snapshot of each service, taken at one consistent cut: see
// orderd's backup.hpp for how, and cli/backup/ for the file.
//
// Thread safety: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/endpoint.hpp"
#include "schema/field.hpp"

namespace shop::api {

struct StoreTable {
    std::string name;
    std::int64_t entries = 0;
};
struct StoreStats {
    std::string service;
    std::int64_t format = 1;
    std::int64_t entries = 0;     // of all tables
    std::int64_t bytes_used = 0;  // what the tables hold
    std::int64_t bytes_file = 0;  // the store's file; the difference can be compacted away
    std::int64_t bytes_max = 0;   // what bytes_used can grow up to
    std::int64_t commits = 0;     // since the service started
    std::int64_t changes = 0;     // in these commits
    std::vector<StoreTable> tables;
};

// One page of the check: it examines a few hundred entries on one short snapshot, so that a store
// of any size is checked while the shop is open.
struct StoreCheckRequest {
    std::string cursor;  // next_cursor of the page before; empty: from the start
    bool repair = false;
};
struct StoreFinding {
    std::string part;     // "products", "levels", "events"
    std::string subject;  // id of what is wrong
    std::string problem;
    bool repairable = false;  // a check with `repair` mends it
    bool repaired = false;    // it has
};
struct StoreCheckPage {
    std::string part;  // what was examined
    std::int64_t examined = 0;
    std::vector<StoreFinding> findings;
    std::optional<std::string> next_cursor;  // absent: all was checked
};

// `id` is the client's choice, the same for all services of one backup: "bak_" and 32 hex digits.
struct NewSnapshot {
    std::string id;
};
// A compressed dump of the store at one moment, kept in a file of the service until it is fetched.
struct StoreSnapshot {
    std::string id;
    std::string service;
    std::string state;  // running, ready, failed
    std::int64_t format = 1;
    Time taken_at{};               // the moment that it shows
    std::int64_t entries_all = 0;  // in the store at that moment
    std::int64_t entries = 0;      // written so far
    std::int64_t bytes = 0;        // of the compressed dump so far
    std::int64_t bytes_plain = 0;  // before compression
    std::string sha256;            // of the compressed dump, once it is ready
    std::string reason;            // where it failed
};
// Which piece of a snapshot's dump.
struct PieceQuery {
    std::int64_t offset = 0;
};

// The rows of these endpoints.
std::vector<Endpoint> store_endpoints();

}  // namespace shop::api

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<api::StoreTable>();
template <> const StructType& type_of<api::StoreStats>();
template <> const StructType& type_of<api::StoreCheckRequest>();
template <> const StructType& type_of<api::StoreFinding>();
template <> const StructType& type_of<api::StoreCheckPage>();
template <> const StructType& type_of<api::NewSnapshot>();
template <> const StructType& type_of<api::StoreSnapshot>();
template <> const StructType& type_of<api::PieceQuery>();
// clang-format on
}  // namespace shop::schema
