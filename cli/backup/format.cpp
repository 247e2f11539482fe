#include "backup/format.hpp"

#include <algorithm>
#include <limits>

#include "api/endpoint.hpp"
#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/version.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

using cli::BackupHead;
using cli::BackupManifest;
using cli::BackupPart;

template <>
const StructType& type_of<BackupHead>() {
    using T = BackupHead;
    static const StructType type{"BackupHead",
                                 "What the file is.",
                                 {
                                     field<&T::format>("format", "Always shop-backup."),
                                     field<&T::version>("version", "Of the file's form."),
                                     field<&T::id>("id", "The backup's id."),
                                 }};
    return type;
}

template <>
const StructType& type_of<BackupPart>() {
    using T = BackupPart;
    static const StructType type{
        "BackupPart",
        "The dump of one service's store.",
        {
            field<&T::service>("service", "Whose store."),
            field<&T::format>("format", "Number of the store's format."),
            field<&T::taken_at>("taken_at", "The moment that it shows."),
            field<&T::entries>("entries", "What it holds."),
            field<&T::offset>("offset", "Where its zstd frame begins."),
            field<&T::bytes>("bytes", "Length of its zstd frame."),
            field<&T::bytes_plain>("bytes_plain", "Length of what the frame holds."),
            field<&T::sha256>("sha256", "Of its zstd frame."),
        }};
    return type;
}

template <>
const StructType& type_of<BackupManifest>() {
    using T = BackupManifest;
    static const StructType type{
        "BackupManifest",
        "What a backup holds.",
        {
            field<&T::id>("id", "The backup's id."),
            field<&T::created_at>("created_at", "When it was begun."),
            field<&T::shopctl>("shopctl", "Version of the shopctl that made it."),
            field<&T::services>("services", "The dumps, in the order of the file."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli {
namespace {

// The first of the sixteen that a zstd decoder passes over.
constexpr std::uint32_t kSkippableMagic = 0x184D2A50;
constexpr std::string_view kFormatName = "shop-backup";
constexpr std::size_t kHashBytes = 32;

Failure damaged(const std::string& what) {
    return fail(Code::invalid_argument, "The backup is damaged: " + what + ". Use another one.");
}

bool is_sha256(std::string_view text) {
    return text.size() == 2 * kHashBytes && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

// Whether each service of a shop is there, once.
bool all_services_once(const BackupManifest& manifest) {
    const auto& all = api::all_services();
    return manifest.services.size() == all.size() &&
           std::ranges::all_of(all, [&](const api::ServiceTable* table) {
               return std::ranges::count(manifest.services, table->name, &BackupPart::service) == 1;
           });
}

Result<void> check_parts(const BackupManifest& manifest, std::int64_t from, std::int64_t to) {
    if (!all_services_once(manifest))
        return damaged("its manifest does not name each service of a shop once");
    for (const BackupPart& part : manifest.services) {
        if (part.offset != from || part.bytes <= 0 || part.bytes > to - from)
            return damaged(part.service + "'s dump is not where its manifest says");
        if (part.entries < 0 || part.bytes_plain < 0 || !is_sha256(part.sha256))
            return damaged("its manifest has figures of " + part.service + " that can't be");
        from += part.bytes;
    }
    if (from != to) return damaged("there are bytes that its manifest does not name");
    return {};
}

std::int64_t sum(const BackupManifest& manifest, std::int64_t BackupPart::*figure) {
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    std::int64_t all = 0;
    for (const BackupPart& part : manifest.services)
        all = part.*figure > max - all ? max : all + part.*figure;
    return all;
}

}  // namespace

std::int64_t BackupManifest::entries() const { return sum(*this, &BackupPart::entries); }
std::int64_t BackupManifest::bytes_plain() const { return sum(*this, &BackupPart::bytes_plain); }

Time BackupManifest::cut_at() const {
    return std::ranges::min_element(services, {}, &BackupPart::taken_at)->taken_at;
}

std::string skippable_frame(std::string_view payload) {
    return little_endian(kSkippableMagic, 4) + little_endian(payload.size(), 4) +
           std::string(payload);
}

Result<std::size_t> frame_payload_bytes(std::string_view frame_head, std::size_t max) {
    const bool ours = frame_head.size() >= kFrameHeadBytes &&
                      from_little_endian(frame_head.substr(0, 4)) == kSkippableMagic;
    if (!ours)
        return fail(Code::invalid_argument,
                    "This is not a backup of a shop. Make one with: shopctl backup create");
    const std::uint64_t size = from_little_endian(frame_head.substr(4, 4));
    if (size > max) return damaged("a frame of it is too long");
    return static_cast<std::size_t>(size);
}

std::string head_frame(const std::string& id) {
    return skippable_frame(
        schema::encode_text(BackupHead{std::string(kFormatName), kBackupVersion, id}));
}

std::string closing_frames(const BackupManifest& manifest, std::string_view head) {
    const std::string frame = skippable_frame(schema::encode_text(manifest));
    return frame +
           skippable_frame(little_endian(frame.size(), 8) + sha256(std::string(head) + frame));
}

Result<BackupHead> read_head(std::string_view payload) {
    auto head = schema::decode_text<BackupHead>(payload, schema::Mode::stored);
    if (!head || head->format != kFormatName)
        return fail(Code::invalid_argument,
                    "This is not a backup of a shop. Make one with: shopctl backup create");
    if (head->version > kBackupVersion)
        return fail(Code::failed_precondition,
                    "This backup was made by a newer shopctl (form " +
                        std::to_string(head->version) + ", this one knows up to " +
                        std::to_string(kBackupVersion) + "). Use that one, or a newer one.");
    if (head->version < 1 || !is_id(head->id, "bak")) return damaged("its beginning can't be read");
    return head;
}

Result<std::size_t> manifest_frame_bytes(std::string_view tail) {
    const auto payload = frame_payload_bytes(tail, kBackupTailBytes);
    if (!payload || *payload != kBackupTailBytes - kFrameHeadBytes)
        return damaged("its end is missing");
    const std::uint64_t size = from_little_endian(tail.substr(kFrameHeadBytes, 8));
    if (size < kFrameHeadBytes || size > kFrameHeadBytes + kBackupManifestMax)
        return damaged("its manifest is not where its end says");
    return static_cast<std::size_t>(size);
}

Result<BackupManifest> read_manifest(std::string_view head, std::string_view manifest_frame,
                                     std::string_view tail, std::int64_t manifest_offset) {
    const std::string hash = sha256(std::string(head) + std::string(manifest_frame));
    if (tail.substr(kFrameHeadBytes + 8, kHashBytes) != hash)
        return damaged("its manifest is not the one that was written");
    const auto payload = frame_payload_bytes(manifest_frame, kBackupManifestMax);
    if (!payload || *payload + kFrameHeadBytes != manifest_frame.size())
        return damaged("its manifest is not where its end says");
    auto manifest = schema::decode_text<BackupManifest>(manifest_frame.substr(kFrameHeadBytes),
                                                        schema::Mode::stored);
    if (!manifest) return damaged("its manifest can't be read");
    SHOP_TRY(first, read_head(head.substr(kFrameHeadBytes)));
    if (manifest->id != first.id) return damaged("its manifest is that of another one");
    SHOP_CHECK(check_parts(*manifest, static_cast<std::int64_t>(head.size()), manifest_offset));
    return manifest;
}

std::string backup_name(Time created_at) {
    std::string stamp = format_time(created_at).substr(0, 19);  // without the milliseconds
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    return "shop-" + stamp + "Z.backup";
}

}  // namespace shop::cli
