#include "runtime/store_desk.hpp"

#include <fmt/format.h>

#include "base/id.hpp"
#include "base/text.hpp"
#include "store/upgrade.hpp"

namespace shop::runtime {
namespace {

// Where a page of the check begins: "<part>.<base64url of the position in it>".
struct CheckCursor {
    std::size_t part = 0;
    std::string after;
};

std::string text_of(const CheckCursor& cursor) {
    return fmt::format("{}.{}", cursor.part, base64url(cursor.after));
}

Result<CheckCursor> read_cursor(const std::string& text, std::size_t parts) {
    if (text.empty()) return CheckCursor{};
    const auto dot = text.find('.');
    const auto part = parse_int(text.substr(0, dot));
    const auto after =
        dot == std::string::npos ? std::nullopt : from_base64url(text.substr(dot + 1));
    if (!part || *part < 0 || *part >= static_cast<std::int64_t>(parts) || !after)
        return fail_field("/cursor", "is not one of this check; start anew without it");
    return CheckCursor{static_cast<std::size_t>(*part), *after};
}

}  // namespace

StoreDesk::StoreDesk(const ServiceParts& parts)
    : parts_(parts),
      store_parts_(journal_parts(parts.store, parts.journal)),
      snapshots_({parts.table.name, parts.store, parts.layout.tables(),
                  parts.data_dir / "snapshots", parts.clock}) {}

std::vector<std::pair<std::string, Handler>> StoreDesk::handlers() {
    return {
        {"store_get", [this](Call&) { return figures(); }},
        {"store_check", [this](Call& call) { return check(call); }},
        {"snapshot_create", [this](Call& call) { return take(call); }},
        {"snapshot_get",
         [this](Call& call) -> Result<Reply> {
             SHOP_TRY(snapshot, snapshots_.find(call.param("snapshot")));
             return Reply::json(snapshot);
         }},
        {"snapshot_read", [this](Call& call) { return read(call); }},
        {"snapshot_delete",
         [this](Call& call) -> Result<Reply> {
             SHOP_CHECK(snapshots_.drop(call.param("snapshot")));
             return Reply::empty();
         }},
    };
}

Result<Reply> StoreDesk::figures() const {
    const auto stats = parts_.store.stats();
    const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    api::StoreStats out{.service = parts_.table.name,
                        .format = store::store_format(),
                        .bytes_used = number(stats.bytes_used),
                        .bytes_file = number(stats.bytes_file),
                        .bytes_max = number(stats.bytes_max),
                        .commits = number(stats.commits),
                        .changes = number(stats.changes)};
    for (std::size_t table = 0; table < stats.entries.size(); ++table) {
        out.tables.push_back({parts_.layout.tables()[table], number(stats.entries[table])});
        out.entries += out.tables.back().entries;
    }
    return Reply::json(out);
}

Result<Reply> StoreDesk::check(Call& call) const {
    SHOP_TRY(asked, call.body<api::StoreCheckRequest>());
    SHOP_TRY(cursor, read_cursor(asked.cursor, store_parts_.size()));
    const StorePart& part = store_parts_[cursor.part];
    SHOP_TRY(page, part.step(call.origin(), cursor.after, asked.repair));
    api::StoreCheckPage out{.part = part.name,
                            .examined = static_cast<std::int64_t>(page.examined)};
    for (auto& fault : page.faults)
        out.findings.push_back({part.name, std::move(fault.subject), std::move(fault.problem),
                                fault.repairable, asked.repair && fault.repairable});
    if (!page.next.empty())
        out.next_cursor = text_of({cursor.part, page.next});
    else if (cursor.part + 1 < store_parts_.size())
        out.next_cursor = text_of({cursor.part + 1, ""});
    return Reply::json(out);
}

Result<Reply> StoreDesk::take(Call& call) {
    SHOP_TRY(asked, call.body<api::NewSnapshot>());
    if (!is_id(asked.id, "bak"))
        return fail_field("/id", "must be an id like bak_ and 32 hex digits");
    const auto take = [&] { return snapshots_.take(asked.id); };
    const bool known = snapshots_.find(asked.id).has_value();
    SHOP_TRY(snapshot, around_ && !known ? around_(call.origin(), asked.id, take) : take());
    return Reply::json(snapshot).location("/v1/store/snapshots/" + snapshot.id);
}

Result<Reply> StoreDesk::read(Call& call) const {
    SHOP_TRY(query, call.query<api::PieceQuery>());
    SHOP_TRY(piece, snapshots_.read(call.param("snapshot"), query.offset));
    return Reply::text(std::move(piece), std::string(call.endpoint().media));
}

}  // namespace shop::runtime
