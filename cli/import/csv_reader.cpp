#include <csv.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "import/rows.hpp"

namespace shop::cli {
namespace {

constexpr std::size_t kFieldsMax = 1000;           // of one row
constexpr std::size_t kFieldBytesMax = 64 * 1024;  // of one field

// libcsv calls back for each field and for each end of a row; this keeps what is between.
class CsvReader {
public:
    CsvReader(const ColumnMap& map, const Take& take) : map_(map), take_(take) {
        csv_init(&parser_, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
    }
    ~CsvReader() { csv_free(&parser_); }
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;

    Result<void> feed(const char* bytes, std::size_t count) {
        if (csv_parse(&parser_, bytes, count, on_field, on_row, this) != count) return broken();
        return result_;
    }
    Result<void> finish() {
        if (csv_fini(&parser_, on_field, on_row, this) != 0) return broken();
        if (result_ && header_.empty())
            return fail(Code::invalid_argument,
                        "The file is empty: its first line must name the columns.");
        return result_;
    }

private:
    static void on_field(void* bytes, std::size_t count, void* self) {
        auto& reader = *static_cast<CsvReader*>(self);
        const std::string_view text(static_cast<const char*>(bytes), count);
        reader.lines_inside_ += std::ranges::count(text, '\n');
        if (reader.fields_.size() < kFieldsMax)
            reader.fields_.emplace_back(text.substr(0, kFieldBytesMax + 1));
    }
    static void on_row(int terminator, void* self) {
        auto& reader = *static_cast<CsvReader*>(self);
        if (!reader.fields_.empty()) reader.end_row();
        // A row that ends in CR LF is reported at each of the two.
        reader.line_ += reader.lines_inside_ + (terminator == '\n' ? 1 : 0);
        reader.lines_inside_ = 0;
        reader.fields_.clear();
    }

    void end_row() {
        if (header_.empty()) {
            if (result_) result_ = read_header();
            return;
        }
        if (!result_) return;
        Row row{line_, std::vector<std::string>(kColumnCount), ""};
        if (fields_.size() != header_.size())
            row.problem = "the row has " + std::to_string(fields_.size()) + " fields, the header " +
                          std::to_string(header_.size());
        for (std::size_t i = 0; i < std::min(fields_.size(), header_.size()); ++i)
            if (header_[i] < kColumnCount) row.values[header_[i]] = std::move(fields_[i]);
        take_(row);
    }

    Result<void> read_header() {
        if (fields_[0].starts_with("\xEF\xBB\xBF")) fields_[0].erase(0, 3);  // a byte order mark
        header_.assign(fields_.size(), kColumnCount);
        for (std::size_t column = 0; column < kColumnCount; ++column) {
            const auto mapped = map_.find(kColumns[column]);
            const std::string_view wanted =
                mapped == map_.end() ? kColumns[column] : mapped->second;
            const auto at = std::ranges::find_if(
                fields_, [&](const std::string& field) { return trim(field) == wanted; });
            if (at != fields_.end())
                header_[static_cast<std::size_t>(at - fields_.begin())] = column;
            else if (mapped != map_.end() || column == 0)
                return fail(Code::invalid_argument,
                            "The file has no column \"" + std::string(wanted) +
                                "\". Its columns are: " + joined() + ". Name them with --map.");
        }
        return {};
    }

    std::string joined() const {
        std::string out;
        for (const auto& field : fields_) out += (out.empty() ? "" : ", ") + field;
        return out.substr(0, 500);
    }
    Failure broken() const {
        return fail(Code::invalid_argument, "Line " + std::to_string(line_) + ": not CSV (" +
                                                csv_strerror(csv_error(&parser_)) +
                                                "). A quote inside a field is written twice.");
    }

    mutable csv_parser parser_{};
    const ColumnMap& map_;
    const Take& take_;
    Result<void> result_;
    std::vector<std::size_t> header_;  // file column -> ours; kColumnCount: none
    std::vector<std::string> fields_;
    std::int64_t line_ = 1;
    std::int64_t lines_inside_ = 0;
};

}  // namespace

Result<void> read_csv(std::istream& in, const ColumnMap& map, std::uint64_t* bytes_read,
                      const Take& take) {
    CsvReader reader(map, take);
    std::array<char, 64 * 1024> buffer{};
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
        const auto count = static_cast<std::size_t>(in.gcount());
        if (bytes_read) *bytes_read += count;
        SHOP_CHECK(reader.feed(buffer.data(), count));
    }
    return reader.finish();
}

}  // namespace shop::cli
