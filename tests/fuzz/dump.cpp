// A dump of a store from outside: read the same in pieces of every size, and written again as it
// was.
#include "store/dump.hpp"

#include <map>
#include <string>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "input.hpp"

namespace shop::store {
namespace {

struct Copy final : Snapshot {
    DumpHeader header;
    std::vector<std::map<std::string, std::string>> tables;

    std::optional<std::string_view> get(Table, std::string_view) const override { return {}; }
    std::uint64_t count(Table table) const override { return tables[table].size(); }
    void scan(Table table, const Range&, const Visit& visit) const override {
        for (const auto& [key, value] : tables[table])
            if (!visit(key, value)) return;
    }
};

Source source_of(std::string_view bytes, std::size_t piece) {
    return [bytes, piece](std::span<char> out) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({out.size(), piece, bytes.size()});
        std::copy_n(bytes.begin(), count, out.begin());
        bytes.remove_prefix(count);
        return count;
    };
}

Result<DumpTotals> read(std::string_view bytes, std::size_t piece, Copy& out) {
    return read_dump(
        source_of(bytes, piece),
        {.header = [&](const DumpHeader& header) -> Result<void> {
             assert(header.format >= 1 && header.tables.size() <= kTablesMax);
             out.header = header;
             out.tables.resize(header.tables.size());
             return {};
         },
         .entry = [&](Table table, std::string_view key, std::string_view value) -> Result<void> {
             assert(!key.empty() && key.size() <= limits::kKeyBytesMax);
             assert(out.tables.at(table).emplace(key, value).second);
             return {};
         }});
}

std::string_view behind_header(std::string_view dump) {
    const auto magic = dump.find('\n') + 1;
    return dump.substr(dump.find('\n', magic) + 1);
}

void check_written_again(std::string_view bytes, const Copy& copy, const DumpTotals& totals) {
    std::string again;
    const auto written = write_dump(copy, copy.header.tables, copy.header.format,
                                    [&](std::string_view piece) -> Result<void> {
                                        again += piece;
                                        return {};
                                    });
    assert(written && *written == totals);
    assert(behind_header(again) == behind_header(bytes));
    Copy read_again;
    assert(read(again, again.size(), read_again));
    assert(read_again.header.format == copy.header.format &&
           read_again.header.tables == copy.header.tables);
}

void check(std::string_view bytes) {
    Copy whole;
    const auto totals = read(bytes, bytes.size() + 1, whole);
    // Small pieces are slow, since the reader asks for large ones.
    Copy pieces;
    const auto again = read(bytes, 1 + bytes.size() / 7, pieces);
    assert(totals.has_value() == again.has_value() && whole.tables == pieces.tables);
    if (totals) return check_written_again(bytes, whole, *totals);
    assert(totals.error().code == Code::invalid_argument && is_utf8(totals.error().message));
    assert(totals.error().message == again.error().message);
}

}  // namespace
}  // namespace shop::store

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::store::check(shop::fuzz::text_of(data, size));
    return 0;
}
