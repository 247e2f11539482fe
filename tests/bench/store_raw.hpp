// What the store is measured against: LMDB as it is, and the disk as it is.
//
// Failures are std::runtime_error: a bench has nobody to answer.
//
// Thread safety: a RawLmdb is shared by threads that read and one that changes; each RawReader and
// RawFile belongs to one thread.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace shop::bench {

class RawLmdb {
public:
    // A folder that holds a store's data.mdb, with the same flags and map; `tables` by name.
    RawLmdb(const std::filesystem::path& folder, const std::vector<std::string>& tables);
    ~RawLmdb() { mdb_env_close(env_); }
    RawLmdb(const RawLmdb&) = delete;
    RawLmdb& operator=(const RawLmdb&) = delete;

    // One commit that puts a value into the first table and one into the second.
    void change(std::string_view key, std::string_view value, std::string_view second_key,
                std::string_view second_value);

private:
    friend class RawReader;
    MDB_env* env_ = nullptr;
    std::vector<MDB_dbi> tables_;
};

// Reads the first table, each time on the newest snapshot.
class RawReader {
public:
    explicit RawReader(const RawLmdb& lmdb);
    ~RawReader() { mdb_txn_abort(txn_); }
    RawReader(const RawReader&) = delete;
    RawReader& operator=(const RawReader&) = delete;

    // The value's size; its first byte is read. Throws where there is none.
    std::size_t read(std::string_view key);

private:
    MDB_dbi table_;
    MDB_txn* txn_ = nullptr;
};

// Writes 4 KiB and syncs them, over and over inside a file whose blocks are all written: what the
// disk takes for the least that is durable.
class RawFile {
public:
    explicit RawFile(const std::filesystem::path& path);
    ~RawFile();
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    void write_and_sync();

private:
    int file_;
    std::uint64_t next_block_ = 0;
    std::string block_ = std::string(4096, 'x');
};

}  // namespace shop::bench
