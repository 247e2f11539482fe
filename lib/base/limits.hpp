// Every limit that is not a setting, with its reason. Units are the last word of the name.
//
// Thread safety: constants.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace shop::limits {

using namespace std::chrono_literals;

// Input
inline constexpr std::size_t kJsonDepthMax = 32;  // deeper is an attack; our deepest document has 6
// In one object; keeps the search for duplicate keys short.
inline constexpr std::size_t kJsonMembersMax = 256;
// A batch of kBatchItemsMax products fits well.
inline constexpr std::size_t kBodyBytesMax = 1024 * 1024;
// Of a product's picture as somebody hands it in: a photograph of a telephone has 3 to 6 MB.
inline constexpr std::size_t kPictureBytesMax = 8 * 1024 * 1024;
// Twice what browsers send with many cookies.
inline constexpr std::size_t kHeadBytesMax = 16 * 1024;
// Heads of proxies chained in front of us have 30.
inline constexpr std::size_t kHeadFieldsMax = 64;
inline constexpr std::size_t kUrlBytesMax = 4096;  // a request line fits one log line
// Products in one batch: one transaction under 100 ms.
inline constexpr std::size_t kBatchItemsMax = 500;
inline constexpr std::size_t kPageItemsMax = 200;  // items in one page of a list
inline constexpr std::size_t kPageItemsDefault = 50;
inline constexpr std::size_t kIdempotencyKeyBytesMax = 128;  // a UUID has 36

// Money and stock: more than a shop needs. Sums may still pass 2^63: the arithmetic is checked
inline constexpr std::int64_t kPriceMinorMax = 100'000'000'000;  // 1,000,000,000.00
inline constexpr std::int64_t kQuantityMax = 1'000'000;
inline constexpr std::int64_t kStockMax = 1'000'000'000;
inline constexpr std::size_t kCartLinesMax = 200;

// Store
inline constexpr std::size_t kKeyBytesMax = 511;  // LMDB's own bound (MDB_MAXKEYSIZE)
// Of a value in a dump, and so the memory that reading one takes; our largest documents are
// pictures.
inline constexpr std::size_t kValueBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kGroupCommitMax = 256;  // changes that share one fsync
// Of a snapshot, in one answer: few enough for the connections' common budget.
inline constexpr std::size_t kPieceBytes = 4 * 1024 * 1024;

// Time
inline constexpr auto kIdempotencyKeep = 24h;  // how long an answer can be repeated
inline constexpr auto kHeadDeadline = 10s;
inline constexpr auto kBodyDeadline = 30s;
inline constexpr auto kIdleDeadline = 75s;  // longer than the 60 s of common proxies
inline constexpr auto kWriteDeadline = 30s;
inline constexpr auto kCallDeadline = 2s;    // one call between two services
inline constexpr auto kEventsWaitMax = 20s;  // long poll of the event feed
inline constexpr auto kAccessTokenLife = 10min;
// Whoever signed out is refused by every service within it.
inline constexpr auto kRevokedWithin = 2s;
inline constexpr auto kSessionLife = 24h * 30;
// Longer than any checkout, short enough to free stock.
inline constexpr auto kReservationLife = 15min;

}  // namespace shop::limits
