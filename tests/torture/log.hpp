// The log that record.cpp writes beside a store, and that the tests cut into images of the store's
// file as a power loss would leave it.
//
// The log is a row of marks in the order in which things happened; those of kind `write` are
// followed by the bytes. One append is one system call, so that several threads may append.
//
// Thread safety: append() from any thread; a Log is read-only once it is made.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace shop::torture {

inline constexpr const char* kLogVariable = "SHOP_RECORD_LOG";

enum class Kind : std::uint64_t {
    write,         // at: offset, number: bytes
    durable,       // the bytes that were written at offset `at`, `number` of them, are on disk
    synced,        // everything that was written before is on disk
    failed,        // a call that was made to fail
    opened,        // the store is open
    acknowledged,  // at: lane, number: its last change that write() returned for
};

struct Mark {
    Kind kind{};
    std::uint64_t at = 0;
    std::uint64_t number = 0;
};

// Opens the log that kLogVariable names, for append(); -1 where it names none.
int open_log();
// Ends the program where the log takes no more. `bytes` are not owned.
void append(int log, const Mark& mark, const std::vector<iovec>& bytes = {});

struct Event {
    Mark mark;
    std::string_view bytes;  // into the Log
};

class Log {
public:
    explicit Log(const std::filesystem::path& path);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    const std::vector<Event>& events() const { return events_; }

private:
    std::string text_;
    std::vector<Event> events_;
};

// The last change of each lane that was acknowledged before event number `point`.
std::vector<std::uint64_t> acknowledged(const Log& log, std::size_t point, std::size_t lanes);

// The store's file after a power loss just before event number `point`: what a sync had confirmed
// is there; of the writes after it each sector is there or is not, as `random` will have it, and
// the file is long enough for all of them or only for those that are there.
std::string cut(const Log& log, std::size_t point, std::mt19937_64& random);

}  // namespace shop::torture
