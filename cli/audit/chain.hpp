// The audit chain of a service as a client checks it: by itself, from the records, and against
// heads that were kept elsewhere.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "api/audit.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

namespace shop::cli {

// What is wrong with a log; an empty state: nothing so far.
struct ChainFault {
    std::string state;    // "broken", "cut short", "rewritten", "bad signature"
    std::string problem;  // with the service and the position
};

class ChainCheck {
public:
    // `kept` are heads of this service.
    ChainCheck(std::string service, std::vector<api::AuditHead> kept);

    // The next record of the log. Nothing counts after the first fault.
    void add(const Json& record);
    // After the last one: whether the log reaches all kept heads.
    void finish();

    const ChainFault& fault() const { return fault_; }
    std::int64_t seq() const { return seq_; }  // of the last record that holds
    const std::string& hash() const { return hash_; }

private:
    void fail_as(std::string state, std::string problem);

    std::string service_;
    std::vector<api::AuditHead> kept_;
    std::int64_t seq_ = 0;
    std::string hash_;
    ChainFault fault_;
};

// A file that `shopctl audit head` wrote. invalid_argument, with the path, where it is none.
Result<std::vector<api::AuditHead>> read_heads(const std::filesystem::path& path);

// Whether the service itself signed it. unauthenticated where it did not; not_found where the
// folder has no public key of that service.
Result<void> check_signature(const api::AuditHead& head, const std::filesystem::path& keys_dir);

}  // namespace shop::cli
