#include "api/stores.hpp"

#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<StoreTable>() {
    static const StructType type{
        "StoreTable",
        "One table of a store.",
        {
            field<&StoreTable::name>("name", "The table.", ReadOnly{}),
            field<&StoreTable::entries>("entries", "What it holds.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<StoreStats>() {
    using T = StoreStats;
    static const StructType type{
        "StoreStats",
        "Figures of a service's store.",
        {
            field<&T::service>("service", "Whose store.", ReadOnly{}),
            field<&T::format>("format", "Number of the on-disk format.", ReadOnly{}),
            field<&T::entries>("entries", "Entries of all tables.", ReadOnly{}),
            field<&T::bytes_used>("bytes_used", "What the tables hold.", ReadOnly{}),
            field<&T::bytes_file>("bytes_file", "Size of its file.", ReadOnly{}),
            field<&T::bytes_max>("bytes_max", "What bytes_used can grow up to.", ReadOnly{}),
            field<&T::commits>("commits", "Since the service started.", ReadOnly{}),
            field<&T::changes>("changes", "In these commits.", ReadOnly{}),
            field<&T::tables>("tables", "One by one.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<StoreCheckRequest>() {
    using T = StoreCheckRequest;
    static const StructType type{
        "StoreCheckRequest",
        "Which page of the check.",
        {
            field<&T::cursor>("cursor", "next_cursor of the page before; empty: from the start.",
                              Length{0, 2000}),
            field<&T::repair>("repair", "Mend what is derived from other data."),
        }};
    return type;
}

template <>
const StructType& type_of<StoreFinding>() {
    using T = StoreFinding;
    static const StructType type{
        "StoreFinding",
        "Something that does not fit.",
        {
            field<&T::part>("part", "Where.", ReadOnly{}, Example{"\"levels\""}),
            field<&T::subject>("subject", "Id of what is wrong.", ReadOnly{}),
            field<&T::problem>("problem", "What is wrong with it.", ReadOnly{}),
            field<&T::repairable>("repairable", "Whether `repair` mends it.", ReadOnly{}),
            field<&T::repaired>("repaired", "Whether it has been mended.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<StoreCheckPage>() {
    using T = StoreCheckPage;
    static const StructType type{
        "StoreCheckPage",
        "What one page of the check found.",
        {
            field<&T::part>("part", "What was examined.", ReadOnly{}),
            field<&T::examined>("examined", "How many entries.", ReadOnly{}),
            field<&T::findings>("findings", "What does not fit.", ReadOnly{}),
            field<&T::next_cursor>("next_cursor",
                                   "Give it as `cursor` to go on; absent: all was checked.",
                                   ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<NewSnapshot>() {
    static const StructType type{
        "NewSnapshot",
        "A snapshot to take.",
        {field<&NewSnapshot::id>("id", "Its id: the same for all services of one backup.",
                                 Required{}, Length{36, 36},
                                 Example{"\"bak_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b\""})}};
    return type;
}

template <>
const StructType& type_of<StoreSnapshot>() {
    using T = StoreSnapshot;
    static const StructType type{
        "StoreSnapshot",
        "A compressed dump of a service's store at one moment.",
        {
            field<&T::id>("id", "Its id.", ReadOnly{}),
            field<&T::service>("service", "Whose store.", ReadOnly{}),
            field<&T::state>("state", "Whether it can be fetched.", ReadOnly{},
                             OneOf{{"running", "ready", "failed"}}),
            field<&T::format>("format", "Number of the store's format.", ReadOnly{}),
            field<&T::taken_at>("taken_at", "The moment that it shows.", ReadOnly{}),
            field<&T::entries_all>("entries_all", "Entries at that moment.", ReadOnly{}),
            field<&T::entries>("entries", "Entries written so far.", ReadOnly{}),
            field<&T::bytes>("bytes", "Of the compressed dump so far.", ReadOnly{}),
            field<&T::bytes_plain>("bytes_plain", "Before compression.", ReadOnly{}),
            field<&T::sha256>("sha256", "Of the compressed dump, once it is ready.", ReadOnly{}),
            field<&T::reason>("reason", "Why it failed.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<PieceQuery>() {
    static const StructType type{
        "PieceQuery",
        "Which piece of a dump.",
        {field<&PieceQuery::offset>("offset", "Where it begins.",
                                    Range{0, std::numeric_limits<std::int64_t>::max()})}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

using schema::type_of;

namespace {

std::vector<Endpoint> snapshot_endpoints() {
    const auto* snapshot = &type_of<StoreSnapshot>();
    return {
        {.id = "snapshot_create",
         .method = "POST",
         .path = "/v1/store/snapshots",
         .summary = "Take a snapshot of the store for a backup",
         .scope = auth::scope::kStoreSnapshot,
         .request = &type_of<NewSnapshot>(),
         .response = snapshot,
         .status = 202,
         .errors = {Code::conflict, Code::insufficient_storage}},
        {.id = "snapshot_get",
         .method = "GET",
         .path = "/v1/store/snapshots/{snapshot}",
         .summary = "Get how far a snapshot is",
         .scope = auth::scope::kStoreSnapshot,
         .response = snapshot,
         .errors = {Code::not_found}},
        {.id = "snapshot_read",
         .method = "GET",
         .path = "/v1/store/snapshots/{snapshot}/content",
         .summary = "Read a piece of a snapshot's dump",
         .scope = auth::scope::kStoreBackup,
         .query = &type_of<PieceQuery>(),
         .media = "application/octet-stream",
         .errors = {Code::not_found, Code::conflict}},
        {.id = "snapshot_delete",
         .method = "DELETE",
         .path = "/v1/store/snapshots/{snapshot}",
         .summary = "Throw a snapshot away",
         .scope = auth::scope::kStoreSnapshot,
         .status = 204,
         .errors = {Code::not_found}},
    };
}

}  // namespace

std::vector<Endpoint> store_endpoints() {
    std::vector<Endpoint> rows = {
        {.id = "store_get",
         .method = "GET",
         .path = "/v1/store",
         .summary = "Get figures of the store",
         .scope = auth::scope::kStoreCheck,
         .response = &type_of<StoreStats>()},
        {.id = "store_check",
         .method = "POST",
         .path = "/v1/store/check",
         .summary = "Check a page of the store",
         .scope = auth::scope::kStoreCheck,
         .request = &type_of<StoreCheckRequest>(),
         .response = &type_of<StoreCheckPage>()},
    };
    for (auto& row : snapshot_endpoints()) rows.push_back(std::move(row));
    return rows;
}

}  // namespace shop::api
