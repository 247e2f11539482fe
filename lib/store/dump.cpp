#include "store/dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "base/limits.hpp"

namespace shop::store {
namespace {

constexpr std::string_view kMagic = "shop-dump 1\n";
constexpr std::size_t kHeaderBytesMax = 16 * 1024;   // kTablesMax names and a number
constexpr std::size_t kTableNameBytesMax = 100;      // ours have under 30
constexpr std::size_t kPieceBytes = 64 * 1024;       // of what goes to a sink or comes of a source
constexpr std::uint64_t kReportBytes = 1024 * 1024;  // between two calls of a DumpProgress
constexpr unsigned char kEnd = 0xff;                 // where a table stands in other records
constexpr std::size_t kEntryHeadBytes = 1 + 2 + 4;
constexpr std::size_t kEndBytes = 8 + 8;

static_assert(kTablesMax < kEnd);
static_assert(limits::kKeyBytesMax <= 0xffff && limits::kValueBytesMax <= 0xffffffff);

Failure damaged(std::string_view what) {
    return fail(Code::invalid_argument,
                fmt::format("the backup is damaged ({}); take another one", what));
}

// Counts entries and says so now and then.
class Meter {
public:
    explicit Meter(const DumpProgress& progress) : progress_(progress) {}
    void add(std::string_view key, std::string_view value) {
        ++totals_.entries;
        totals_.bytes += key.size() + value.size();
        if (totals_.bytes < reported_ + kReportBytes) return;
        reported_ = totals_.bytes;
        if (progress_) progress_(totals_);
    }
    const DumpTotals& totals() const { return totals_; }

private:
    const DumpProgress& progress_;
    DumpTotals totals_;
    std::uint64_t reported_ = 0;
};

class DumpWriter {
public:
    explicit DumpWriter(const Sink& sink) : sink_(sink) {}

    void header(std::int64_t format, const std::vector<std::string>& tables) {
        buffer_ += kMagic;
        buffer_ += dump(Json{{"format", format}, {"tables", tables}});
        buffer_ += '\n';
    }
    Result<void> entry(Table table, std::string_view key, std::string_view value) {
        if (value.size() > limits::kValueBytesMax)
            return fail(Code::internal, fmt::format("a value has {} bytes, and a backup takes {}",
                                                    value.size(), limits::kValueBytesMax));
        buffer_ += little_endian(table, 1);
        buffer_ += little_endian(key.size(), 2);
        buffer_ += little_endian(value.size(), 4);
        buffer_ += key;
        buffer_ += value;
        return buffer_.size() < kPieceBytes ? Result<void>{} : flush();
    }
    Result<void> end(const DumpTotals& totals) {
        buffer_ += little_endian(kEnd, 1);
        buffer_ += little_endian(totals.entries, 8);
        buffer_ += little_endian(totals.bytes, 8);
        return flush();
    }

private:
    Result<void> flush() {
        SHOP_CHECK(sink_(buffer_));
        buffer_.clear();
        return {};
    }

    const Sink& sink_;
    std::string buffer_;
};

// The bytes of a source, by their number.
class Input {
public:
    explicit Input(const Source& source) : source_(source) {}

    // The next `count` bytes; they live until the next call.
    Result<std::string_view> take(std::size_t count) {
        SHOP_CHECK(have(count));
        taken_ += count;
        return std::string_view(buffer_).substr(taken_ - count, count);
    }
    Result<std::string_view> take_line(std::size_t bytes_max) {
        for (std::size_t bytes = 1; bytes <= bytes_max; ++bytes) {
            SHOP_CHECK(have(bytes));
            if (buffer_[taken_ + bytes - 1] == '\n') return take(bytes);
        }
        return damaged("its header does not end");
    }
    Result<bool> ended() {
        if (taken_ < buffer_.size()) return false;
        SHOP_TRY(got, more());
        return got == 0;
    }

private:
    Result<void> have(std::size_t count) {
        while (buffer_.size() - taken_ < count) {
            SHOP_TRY(got, more());
            if (got == 0) return damaged("it is cut off");
        }
        return {};
    }
    // Grows by what comes and not by what a length says.
    Result<std::size_t> more() {
        buffer_.erase(0, std::exchange(taken_, 0));
        const std::size_t size = buffer_.size();
        buffer_.resize(size + kPieceBytes);
        auto got = source_(std::span(buffer_).subspan(size));
        buffer_.resize(size + got.value_or(0));
        return got;
    }

    const Source& source_;
    std::string buffer_;
    std::size_t taken_ = 0;  // of it
};

bool is_table_name(std::string_view name) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    return !name.empty() && name.size() <= kTableNameBytesMax &&
           name.find_first_not_of(kAllowed) == std::string_view::npos;
}

Result<DumpHeader> read_header(Input& input) {
    SHOP_TRY(magic, input.take(kMagic.size()));
    if (magic != kMagic) return damaged("it does not begin as a backup of a store does");
    SHOP_TRY(line, input.take_line(kHeaderBytesMax));
    const auto json = parse_json(line);
    const Failure unreadable = damaged("its header cannot be read");
    if (!json || !json->is_object() || !json->contains("format") || !json->contains("tables"))
        return unreadable;
    const Json& format = (*json)["format"];
    const Json& names = (*json)["tables"];
    if (!format.is_number_integer() || format.get<std::int64_t>() < 1 || !names.is_array() ||
        names.size() > kTablesMax)
        return unreadable;
    DumpHeader out{.format = format.get<std::int64_t>()};
    for (const Json& name : names) {
        if (!name.is_string() || !is_table_name(name.get_ref<const std::string&>()))
            return damaged("a table has no proper name");
        if (std::ranges::find(out.tables, name.get_ref<const std::string&>()) != out.tables.end())
            return damaged("two tables have one name");
        out.tables.push_back(name);
    }
    return out;
}

// The records behind the header.
class Records {
public:
    Records(Input& input, std::size_t tables, const DumpProgress& progress)
        : input_(input), tables_(tables), meter_(progress) {}

    Result<DumpTotals> read(const DumpVisitor& visitor) {
        for (;;) {
            SHOP_TRY(kind, input_.take(1));
            const auto table = static_cast<unsigned char>(kind.front());
            if (table == kEnd) return end();
            if (table >= tables_) return damaged("an entry is of no table");
            SHOP_CHECK(entry(table, visitor));
        }
    }

private:
    Result<void> entry(Table table, const DumpVisitor& visitor) {
        SHOP_TRY(lengths, input_.take(kEntryHeadBytes - 1));
        const auto key_bytes = from_little_endian(lengths.substr(0, 2));
        const auto value_bytes = from_little_endian(lengths.substr(2));
        if (key_bytes == 0 || key_bytes > limits::kKeyBytesMax)
            return damaged(fmt::format("a key has {} bytes", key_bytes));
        if (value_bytes > limits::kValueBytesMax)
            return damaged(fmt::format("a value has {} bytes", value_bytes));
        SHOP_TRY(both, input_.take(key_bytes + value_bytes));
        const auto key = both.substr(0, key_bytes);
        if (table < table_ || (table == table_ && key <= last_key_))
            return damaged("its entries are not in order");
        table_ = table;
        last_key_ = key;
        SHOP_CHECK(visitor.entry(table, key, both.substr(key_bytes)));
        meter_.add(key, both.substr(key_bytes));
        return {};
    }
    Result<DumpTotals> end() {
        SHOP_TRY(totals, input_.take(kEndBytes));
        const DumpTotals said{from_little_endian(totals.substr(0, 8)),
                              from_little_endian(totals.substr(8))};
        if (said != meter_.totals()) return damaged("entries are missing");
        SHOP_TRY(ended, input_.ended());
        if (!ended) return damaged("bytes follow its end");
        return said;
    }

    Input& input_;
    const std::size_t tables_;
    Meter meter_;
    Table table_ = 0;
    std::string last_key_;  // of table_; empty: none yet
};

}  // namespace

Result<DumpTotals> write_dump(const Snapshot& snapshot, const std::vector<std::string>& tables,
                              std::int64_t format, const Sink& sink, const DumpProgress& progress) {
    assert(tables.size() <= kTablesMax && std::ranges::all_of(tables, is_table_name));
    DumpWriter writer(sink);
    Meter meter(progress);
    writer.header(format, tables);
    Result<void> written;
    for (Table table = 0; table < tables.size() && written; ++table)
        snapshot.scan(table, {}, [&](std::string_view key, std::string_view value) {
            written = writer.entry(table, key, value);
            if (written) meter.add(key, value);
            return written.has_value();
        });
    SHOP_CHECK(written);
    SHOP_CHECK(writer.end(meter.totals()));
    return meter.totals();
}

Result<DumpTotals> read_dump(const Source& source, const DumpVisitor& visitor,
                             const DumpProgress& progress) {
    Input input(source);
    SHOP_TRY(header, read_header(input));
    SHOP_CHECK(visitor.header(header));
    return Records(input, header.tables.size(), progress).read(visitor);
}

Result<DumpTotals> check_dump(const Source& source, const DumpProgress& progress) {
    return read_dump(
        source,
        {.header = [](const DumpHeader&) { return Result<void>{}; },
         .entry = [](Table, std::string_view, std::string_view) { return Result<void>{}; }},
        progress);
}

}  // namespace shop::store
