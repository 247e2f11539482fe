#include "backup/take.hpp"

#include <chrono>
#include <thread>

#include "api/stores.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/version.hpp"
#include "local/interrupt.hpp"
#include "output/terminal.hpp"
#include "schema/codec.hpp"

namespace shop::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 50ms;
// A dump writes tens of megabytes a second; one that stands still for so long goes on no more.
constexpr auto kStandstillMax = 60s;

class Taker {
public:
    Taker(Shell& shell, const Sink& sink) : shell_(shell), sink_(sink) {
        manifest_.id = new_id("bak");
        manifest_.created_at = system_clock().now();
        manifest_.shopctl = build_version();
    }
    ~Taker() {
        // Best effort: a service throws what nobody fetched away by itself.
        for (const auto* service : api::all_services())
            if (asked_) (void)shell_.send(*service, "snapshot_delete", {manifest_.id});
    }
    Taker(const Taker&) = delete;
    Taker& operator=(const Taker&) = delete;

    Result<BackupManifest> run() {
        SHOP_CHECK(create_all());
        const std::string head = head_frame(manifest_.id);
        SHOP_CHECK(sink_(head));
        std::int64_t offset = static_cast<std::int64_t>(head.size());
        for (const auto* service : api::all_services()) {
            SHOP_TRY(snapshot, ready_snapshot(*service));
            SHOP_CHECK(fetch(*service, snapshot));
            manifest_.services.push_back({service->name, snapshot.format, snapshot.taken_at,
                                          snapshot.entries, offset, snapshot.bytes,
                                          snapshot.bytes_plain, snapshot.sha256});
            offset += snapshot.bytes;
        }
        SHOP_CHECK(sink_(closing_frames(manifest_, head)));
        return manifest_;
    }

private:
    Result<void> create_all() {
        for (const auto* service : {&api::orders_service(), &api::users_service()}) {
            SHOP_CHECK(
                shell_.call(*service, "snapshot_create", {}, {.body = Json{{"id", manifest_.id}}}));
            asked_ = true;
        }
        return {};
    }

    Result<api::StoreSnapshot> look(const api::ServiceTable& service) {
        auto answer = shell_.call(service, "snapshot_get", {manifest_.id});
        if (!answer && answer.error().code == Code::not_found)
            return fail(Code::unavailable, service.name +
                                               "'s snapshot is gone: the service was started "
                                               "again, or another backup was begun meanwhile. "
                                               "Make the backup again.");
        if (!answer) return tl::make_unexpected(answer.error());
        return schema::decode<api::StoreSnapshot>(*answer, schema::Mode::stored);
    }

    Result<api::StoreSnapshot> ready_snapshot(const api::ServiceTable& service) {
        Progress progress("writing " + service.name, !shell_.options().quiet);
        std::int64_t seen = -1;
        auto give_up = std::chrono::steady_clock::now() + kStandstillMax;
        for (;; std::this_thread::sleep_for(kBetweenLooks)) {
            if (Interrupt::wanted()) return Interrupt::failure();
            SHOP_TRY(now, look(service));
            if (now.state == "ready") return now;
            if (now.state == "failed")
                return fail(Code::unavailable, service.name + "'s snapshot failed: " + now.reason);
            progress.update(static_cast<std::uint64_t>(now.entries),
                            static_cast<std::uint64_t>(now.entries_all));
            if (now.entries != seen) give_up = std::chrono::steady_clock::now() + kStandstillMax;
            seen = now.entries;
            if (std::chrono::steady_clock::now() > give_up)
                return fail(Code::timeout, service.name +
                                               "'s snapshot stands still. See its log, and make "
                                               "the backup again.");
        }
    }

    // Pieces until one is empty; a lost connection costs a piece again.
    Result<void> fetch(const api::ServiceTable& service, const api::StoreSnapshot& snapshot) {
        Progress progress("fetching " + service.name, !shell_.options().quiet);
        Sha256 hash;
        for (std::int64_t at = 0;;) {
            if (Interrupt::wanted()) return Interrupt::failure();
            SHOP_TRY(piece, shell_.send(service, "snapshot_read", {manifest_.id},
                                        {.query = {{"offset", std::to_string(at)}}}));
            at += static_cast<std::int64_t>(piece.body.size());
            if (piece.body.empty() ? at != snapshot.bytes : at > snapshot.bytes) break;
            if (piece.body.empty() && hash.hex() == snapshot.sha256) return {};
            if (piece.body.empty()) break;
            hash.add(piece.body);
            SHOP_CHECK(sink_(piece.body));
            progress.update(static_cast<std::uint64_t>(at),
                            static_cast<std::uint64_t>(snapshot.bytes));
        }
        return fail(Code::unavailable, service.name +
                                           "'s snapshot did not arrive as it was written. Make the "
                                           "backup again.");
    }

    Shell& shell_;
    const Sink& sink_;
    BackupManifest manifest_;
    bool asked_ = false;
};

}  // namespace

Result<BackupManifest> take_backup(Shell& shell, const Sink& sink) {
    return Taker(shell, sink).run();
}

}  // namespace shop::cli
