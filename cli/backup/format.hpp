// The backup file's form, see FORMAT.md: a zstd stream whose skippable frames say what is in it.
//
// Thread safety: values and free functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "schema/field.hpp"

namespace shop::cli {

inline constexpr std::int64_t kBackupVersion = 1;
// In front of each skippable frame's payload: its magic number and its size.
inline constexpr std::size_t kFrameHeadBytes = 8;
// The last frame: its head, the length of the manifest's frame, and a sha256.
inline constexpr std::size_t kBackupTailBytes = kFrameHeadBytes + 8 + 32;
// Payloads of the first frame and of the manifest; ours have 80 and 1,000 bytes.
inline constexpr std::size_t kBackupHeadMax = 4096;
inline constexpr std::size_t kBackupManifestMax = 64 * 1024;

// First in the file.
struct BackupHead {
    std::string format;
    std::int64_t version = 0;
    std::string id;  // "bak_…", the same at each service
};

// A service's dump inside the file.
struct BackupPart {
    std::string service;
    std::int64_t format = 0;  // of the service's store
    Time taken_at{};          // the moment that it shows
    std::int64_t entries = 0;
    std::int64_t offset = 0;  // of its zstd frame in the file
    std::int64_t bytes = 0;   // of its zstd frame
    std::int64_t bytes_plain = 0;
    std::string sha256;  // of its zstd frame, hex
};

struct BackupManifest {
    std::string id;
    Time created_at{};
    std::string shopctl;  // its version
    std::vector<BackupPart> services;

    std::int64_t entries() const;
    std::int64_t bytes_plain() const;
    // What had happened up to here is in the backup.
    Time cut_at() const;
};

// The payload in a skippable frame.
std::string skippable_frame(std::string_view payload);
// Size of the payload that a skippable frame's head announces; invalid_argument where it is no head
// of ours, or the size is above `max`.
Result<std::size_t> frame_payload_bytes(std::string_view frame_head, std::size_t max);

// The first frame.
std::string head_frame(const std::string& id);
// The manifest's frame and the last one; `head` is the first frame as it was written.
std::string closing_frames(const BackupManifest& manifest, std::string_view head);

// From a first frame's payload. failed_precondition where a newer shopctl wrote it,
// invalid_argument where it is none of ours.
Result<BackupHead> read_head(std::string_view payload);
// Length of the manifest's frame, by the last frame.
Result<std::size_t> manifest_frame_bytes(std::string_view tail);
// The manifest, held against the hash of the last frame. All in it is checked: each service once,
// the parts one behind the other from the first frame up to `manifest_offset`.
Result<BackupManifest> read_manifest(std::string_view head_frame, std::string_view manifest_frame,
                                     std::string_view tail, std::int64_t manifest_offset);

// "shop-20261127T144100Z.backup"
std::string backup_name(Time created_at);

}  // namespace shop::cli

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::BackupHead>();
template <> const StructType& type_of<cli::BackupPart>();
template <> const StructType& type_of<cli::BackupManifest>();
// clang-format on
}  // namespace shop::schema
