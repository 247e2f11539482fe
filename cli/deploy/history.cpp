#include "deploy/history.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "deploy/disk.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::deploy::Record>() {
    using T = cli::deploy::Record;
    static const StructType type{
        "Record",
        "A deployment that has ended, or what else was done on a host.",
        {
            field<&T::number>("number", "1, 2, …"),
            field<&T::kind>("kind", "apply, rollback, lock_stolen, maintenance, secret."),
            field<&T::deployment>("deployment", "Its id; empty for kinds that are none."),
            field<&T::from>("from", "The release before."),
            field<&T::to>("to", "The release after."),
            field<&T::who>("who", "Who did it."),
            field<&T::why>("why", "Why."),
            field<&T::begun_at>("begun_at", "When it began."),
            field<&T::ended_at>("ended_at", "When it ended."),
            field<&T::verdict>("verdict", "good, rolled_back, aborted, refused, failed."),
            field<&T::reason>("reason", "Of a verdict that is not good."),
            field<&T::changes>("changes", "What differed."),
            field<&T::previous>("previous", "Hash of the record before; empty for the first."),
            field<&T::hash>("hash", "Over all of the above."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {
namespace {

// Over the line without its hash, as it stands: what a newer release wrote into it counts too.
std::string hash_of_record(Json line) {
    line.erase("hash");
    return sha256_hex(dump(line));
}

// Why the line can't follow the record before; empty where it does.
std::string fault_of(const Json& line, const Record& record, const Record& before) {
    if (record.hash != hash_of_record(line)) return "it was changed";
    if (record.number == before.number + 1 && record.previous == before.hash) return "";
    return "what stood before it is missing, or was changed";
}

Failure broken_at(const std::filesystem::path& file, std::size_t line, const std::string& why) {
    return fail(Code::failed_precondition,
                "The history is not as it was written: line " + std::to_string(line) + " of " +
                    file.string() + ": " + why +
                    ". Find out who did that. To go on, move the file away: the next deployment "
                    "begins a new one.");
}

bool is_deployment(const Record& record) {
    return record.kind == "apply" || record.kind == "rollback";
}

// The good releases that led to the one that runs, which is the last. Going back takes away those
// that were gone back from.
std::vector<std::string> way_to_current(const std::vector<Record>& records) {
    std::vector<std::string> way;
    for (const Record& record : records) {
        if (!is_deployment(record) || record.verdict != "good") continue;
        if (record.kind == "rollback")
            if (const auto found = std::find(way.rbegin(), way.rend(), record.to);
                found != way.rend())
                way.erase(found.base(), way.end());
        if (way.empty() || way.back() != record.to) way.push_back(record.to);
    }
    return way;
}

}  // namespace

Result<Record> History::append(Record record) {
    SHOP_TRY(file, LineFile::open(file_));
    Record before;
    if (!file.last().empty()) {
        auto last = schema::decode_text<Record>(file.last(), schema::Mode::stored);
        if (!last)
            return broken_at(file_,
                             static_cast<std::size_t>(std::ranges::count(file.content(), '\n')),
                             "it can't be read");
        before = std::move(*last);
    }
    record.number = before.number + 1;
    record.previous = before.hash;
    Json line = schema::encode(record);
    line["hash"] = record.hash = hash_of_record(line);
    SHOP_CHECK(file.append(dump(line)));
    return record;
}

Result<std::vector<Record>> History::read() const {
    SHOP_TRY(lines, read_lines(file_));
    std::vector<Record> records;
    for (const std::string& text : lines) {
        const std::size_t number = records.size() + 1;
        const auto line = parse_json(text);
        if (!line) return broken_at(file_, number, "it can't be read");
        auto record = schema::decode<Record>(*line, schema::Mode::stored);
        if (!record) return broken_at(file_, number, "it can't be read");
        const std::string fault =
            fault_of(*line, *record, records.empty() ? Record{} : records.back());
        if (!fault.empty()) return broken_at(file_, number, fault);
        records.push_back(std::move(*record));
    }
    return records;
}

Result<std::string> History::current() const {
    SHOP_TRY(records, read());
    const auto way = way_to_current(records);
    return way.empty() ? "" : way.back();
}

Result<std::string> History::previous_good() const {
    SHOP_TRY(records, read());
    const auto way = way_to_current(records);
    return way.size() < 2 ? "" : way[way.size() - 2];
}

}  // namespace shop::cli::deploy
