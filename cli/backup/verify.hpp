// Whether the dumps in a backup file are what its manifest says.
//
// Thread safety: free function; one thread a file.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backup/file.hpp"

namespace shop::cli {

struct PartVerdict {
    const BackupPart* part;  // of the file's manifest
    std::string problem;     // empty: it is whole
};

// Called now and then with the compressed bytes looked at so far.
using BytesDone = std::function<void(std::int64_t)>;

// Reads and decompresses each dump wholly. Damage is a verdict and no error; an error is a disk
// that can't be read, or Ctrl-C.
Result<std::vector<PartVerdict>> verify_parts(const BackupFile& file, const BytesDone& progress);
// invalid_argument, with what is damaged, where any dump is.
Result<void> verify_whole(const BackupFile& file, const BytesDone& progress);

}  // namespace shop::cli
