#include "deploy/journal.hpp"

#include <algorithm>

#include "deploy/disk.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

using cli::deploy::Deployment;
using cli::deploy::Entry;

template <>
const StructType& type_of<Entry>() {
    using T = Entry;
    static const StructType type{
        "Entry",
        "A line of the journal.",
        {
            field<&T::fence>("fence", "Of the lock that was held."),
            field<&T::at>("at", "When."),
            field<&T::deployment>("deployment", "Of which deployment."),
            field<&T::phase>("phase", "What is done, or begun."),
            field<&T::service>("service", "Of which service, where it is one's."),
            field<&T::detail>("detail", "Why, for people."),
        }};
    return type;
}

template <>
const StructType& type_of<Deployment>() {
    using T = Deployment;
    static const StructType type{"Deployment",
                                 "What was begun.",
                                 {
                                     field<&T::id>("id", "Its id."),
                                     field<&T::kind>("kind", "apply or rollback."),
                                     field<&T::from>("from", "The release before; empty: none."),
                                     field<&T::to>("to", "The release after."),
                                     field<&T::who>("who", "Who began it."),
                                     field<&T::why>("why", "Why."),
                                     field<&T::begun_at>("begun_at", "When."),
                                 }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {
namespace {

constexpr std::size_t kKeptBytes = 1024 * 1024;  // a deployment writes 5 KiB
constexpr const char* kBegun = "begun";

struct JournalLine {
    Entry entry;
    std::optional<Deployment> begun;
};

std::optional<JournalLine> parse_line(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) return std::nullopt;
    auto entry = schema::decode<Entry>(*json, schema::Mode::stored);
    if (!entry) return std::nullopt;
    JournalLine line{std::move(*entry), std::nullopt};
    if (line.entry.phase != kBegun) return line;
    auto begun = schema::decode<Deployment>(json->value(kBegun, Json()), schema::Mode::stored);
    if (!begun) return std::nullopt;
    line.begun = std::move(*begun);
    return line;
}

// Whether nobody with a newer lock has written meanwhile: a holder can be stopped between the
// question whether it still holds the lock and its write.
Result<void> check_fence(const LineFile& file, std::int64_t ours) {
    // What can't be read is said by whoever reads.
    const auto newest = parse_line(file.last());
    if (!newest || newest->entry.fence <= ours) return {};
    return fail(Code::conflict,
                "Another deployer took the lock and goes on with the deployment. Look with: "
                "shopctl deploy status");
}

void add_entry(std::optional<Unfinished>& open, JournalLine line) {
    if (line.begun) open = Unfinished{std::move(*line.begun), {}, false, ""};
    if (!open) return;
    Entry& entry = line.entry;
    if (ends_deployment(entry.phase)) return open.reset();
    if (entry.phase == "going_back" && !open->going_back) {
        open->going_back = true;
        open->reason = entry.detail;
    }
    open->entries.push_back(std::move(entry));
}

}  // namespace

bool ends_deployment(std::string_view phase) { return phase == "done" || phase == "gone_back"; }

bool Unfinished::has(std::string_view phase, std::string_view service) const {
    return std::ranges::any_of(entries, [&](const Entry& entry) {
        return entry.phase == phase && (service.empty() || entry.service == service);
    });
}

Journal::Journal(std::filesystem::path file, const Clock& clock,
                 std::function<Result<std::int64_t>()> may_write)
    : file_(std::move(file)), clock_(clock), may_write_(std::move(may_write)) {}

Result<void> Journal::begin(const Deployment& deployment) {
    SHOP_TRY(open, unfinished());
    if (open)
        return fail(Code::conflict, "The deployment " + open->deployment.id +
                                        " has not ended. Finish it with `shopctl deploy resume`, "
                                        "or go back with `shopctl deploy abort`.");
    SHOP_TRY(file, LineFile::open(file_));
    SHOP_TRY(fence, may_write_());
    SHOP_CHECK(check_fence(file, fence));
    if (file.content().size() > kKeptBytes) SHOP_CHECK(file.clear());
    Json line = schema::encode(
        Entry{.fence = fence, .at = clock_.now(), .deployment = deployment.id, .phase = kBegun});
    line[kBegun] = schema::encode(deployment);
    return file.append(dump(line));
}

Result<void> Journal::append(const std::string& deployment, std::string_view phase,
                             std::string_view service, std::string_view detail) {
    SHOP_TRY(file, LineFile::open(file_));
    SHOP_TRY(fence, may_write_());
    SHOP_CHECK(check_fence(file, fence));
    return file.append(schema::encode_text(Entry{.fence = fence,
                                                 .at = clock_.now(),
                                                 .deployment = deployment,
                                                 .phase = std::string(phase),
                                                 .service = std::string(service),
                                                 .detail = std::string(detail)}));
}

Result<std::optional<Unfinished>> Journal::unfinished() const {
    SHOP_TRY(lines, read_lines(file_));
    std::optional<Unfinished> open;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto line = parse_line(lines[i]);
        if (!line)
            return fail(Code::failed_precondition,
                        "Line " + std::to_string(i + 1) + " of " + file_.string() +
                            " can't be read: the disk is broken, or it was changed by hand. See "
                            "with `shopctl deploy status` what runs, then move the file away.");
        add_entry(open, std::move(*line));
    }
    return open;
}

}  // namespace shop::cli::deploy
