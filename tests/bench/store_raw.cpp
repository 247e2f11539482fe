#include "bench/store_raw.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>

#include "store/store.hpp"

namespace shop::bench {
namespace {

constexpr std::uint64_t kBlocks = 16 * 1024;  // 64 MiB

void done_or_throw(int code) {
    if (code != MDB_SUCCESS) throw std::runtime_error(std::string("LMDB: ") + mdb_strerror(code));
}

MDB_val to_val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

}  // namespace

RawLmdb::RawLmdb(const std::filesystem::path& folder, const std::vector<std::string>& tables) {
    done_or_throw(mdb_env_create(&env_));
    done_or_throw(mdb_env_set_maxdbs(env_, store::kTablesMax + 1));
    done_or_throw(mdb_env_set_mapsize(env_, store::LmdbOptions{}.map_bytes_max));
    done_or_throw(mdb_env_open(env_, folder.c_str(), MDB_NOTLS, 0600));
    MDB_txn* txn = nullptr;
    done_or_throw(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn));
    for (const auto& name : tables)
        done_or_throw(mdb_dbi_open(txn, name.c_str(), 0, &tables_.emplace_back()));
    done_or_throw(mdb_txn_commit(txn));
}

void RawLmdb::change(std::string_view key, std::string_view value, std::string_view second_key,
                     std::string_view second_value) {
    MDB_txn* txn = nullptr;
    done_or_throw(mdb_txn_begin(env_, nullptr, 0, &txn));
    MDB_val at = to_val(key);
    MDB_val bytes = to_val(value);
    done_or_throw(mdb_put(txn, tables_[0], &at, &bytes, 0));
    at = to_val(second_key);
    bytes = to_val(second_value);
    done_or_throw(mdb_put(txn, tables_[1], &at, &bytes, 0));
    done_or_throw(mdb_txn_commit(txn));
}

RawReader::RawReader(const RawLmdb& lmdb) : table_(lmdb.tables_[0]) {
    done_or_throw(mdb_txn_begin(lmdb.env_, nullptr, MDB_RDONLY, &txn_));
    mdb_txn_reset(txn_);
}

std::size_t RawReader::read(std::string_view key) {
    done_or_throw(mdb_txn_renew(txn_));
    MDB_val at = to_val(key);
    MDB_val value{};
    done_or_throw(mdb_get(txn_, table_, &at, &value));
    if (*static_cast<const char*>(value.mv_data) != '{') throw std::runtime_error("no document");
    mdb_txn_reset(txn_);
    return value.mv_size;
}

RawFile::RawFile(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::runtime_error("cannot make " + path.native());
    for (std::uint64_t i = 0; i < kBlocks; ++i)
        if (::write(file_, block_.data(), block_.size()) != static_cast<ssize_t>(block_.size()))
            throw std::runtime_error("cannot fill " + path.native());
    if (::fsync(file_) != 0) throw std::runtime_error("cannot sync " + path.native());
}

RawFile::~RawFile() { ::close(file_); }

void RawFile::write_and_sync() {
    const auto at = static_cast<off_t>(next_block_++ % kBlocks * block_.size());
    if (::pwrite(file_, block_.data(), block_.size(), at) != static_cast<ssize_t>(block_.size()) ||
        ::fdatasync(file_) != 0)
        throw std::runtime_error("a write to a plain file failed");
}

}  // namespace shop::bench
