#include "deploy/lock.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/file.hpp"
#include "base/file_lock.hpp"
#include "deploy/disk.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::deploy::Holder>() {
    using T = cli::deploy::Holder;
    static const StructType type{
        "Holder",
        "Who holds the lock of a host's deployments.",
        {
            field<&T::fence>("fence", "Number of the taking; never goes down."),
            field<&T::who>("who", "Who took it last."),
            field<&T::pid>("pid", "The process; 0: none."),
            field<&T::why>("why", "Why."),
            field<&T::since>("since", "When it was taken."),
            field<&T::seen>("seen", "The newest heartbeat."),
            field<&T::by_hand>("by_hand", "Held until it is given back."),
            field<&T::held>("held", "Whether anybody holds it."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kHeartbeat = 1s;
constexpr auto kGuardWait = 10s;  // others hold it for a write of a few hundred bytes

// An empty one where there is no file.
Result<Holder> read_holder(const fs::path& file) {
    const auto text = read_file(file);
    if (!text && text.error().code == Code::not_found) return Holder{};
    if (!text) return tl::make_unexpected(text.error());
    auto holder = schema::decode_text<Holder>(*text, schema::Mode::stored);
    if (!holder)
        return fail(Code::failed_precondition,
                    file.string() +
                        " can't be read: the disk is broken, or it was changed by "
                        "hand. Where no deployment runs, remove it.");
    return holder;
}

// Reads, lets `change` work on it, writes back: under a lock on a file beside, since the holder's
// is replaced by each write.
Result<void> change_holder(const fs::path& file,
                           const std::function<Result<void>(Holder&)>& change) {
    const FileLock guard(file.string() + ".guard", FileLock::Kind::exclusive, kGuardWait);
    errno = guard.error();
    if (!guard.held()) return fail_call("lock", file.native());
    SHOP_TRY(holder, read_holder(file));
    SHOP_CHECK(change(holder));
    return write_file(file, schema::encode_text(holder) + "\n", 0644);
}

std::chrono::seconds since_seen(const Holder& holder, Time now) {
    return std::chrono::floor<std::chrono::seconds>(now - holder.seen);
}

bool is_dead(const Holder& holder, Time now) {
    return !holder.by_hand && now - holder.seen > kDeadAfter;
}

std::string with_reason(const std::string& why) { return why.empty() ? "" : " (" + why + ")"; }

Failure held_by(const Holder& holder, Time now) {
    std::string text = "Deployments are locked by " + holder.who + " since " +
                       format_time(holder.since) + with_reason(holder.why) + ". ";
    if (holder.by_hand) return fail(Code::conflict, text + "Unlock with: shopctl deploy unlock");
    const auto left = kDeadAfter - std::max(since_seen(holder, now), 0s) + 1s;
    return fail(Code::conflict,
                text + "Process " + std::to_string(holder.pid) + " was last seen " +
                    std::to_string(since_seen(holder, now).count()) +
                    " s ago. Wait until it is done; where it has died, try again in " +
                    std::to_string(left.count()) + " s.");
}

// A number above the former one, and above all that were given out before somebody removed the
// file: nobody takes the lock a thousand times a second.
std::int64_t next_fence(const Holder& before, Time now) {
    return std::max<std::int64_t>(before.fence + 1, now.time_since_epoch().count());
}

// `wanted` becomes the holder, with a fence of its own; who was it before, where one was.
Result<std::optional<Holder>> become_holder(const fs::path& file, const Clock& clock, bool steal,
                                            Holder& wanted) {
    SHOP_CHECK(make_lasting_folder(file.parent_path(), 0755));
    std::optional<Holder> before;
    SHOP_CHECK(change_holder(file, [&](Holder& holder) -> Result<void> {
        const Time now = clock.now();
        if (holder.held && !steal && !is_dead(holder, now)) return held_by(holder, now);
        if (holder.held) before = holder;
        wanted.fence = next_fence(holder, now);
        wanted.since = wanted.seen = now;
        wanted.held = true;
        holder = wanted;
        return {};
    }));
    return before;
}

}  // namespace

struct Lock::Impl {
    fs::path file;
    const Clock& clock;
    std::int64_t fence;
    std::mutex mutex;
    std::condition_variable_any woken;
    std::jthread heartbeat;

    // What it says of the holder while that is us; conflict where it is not.
    Result<void> if_ours(const std::function<void(Holder&)>& change) {
        return change_holder(file, [&](Holder& holder) -> Result<void> {
            if (!holder.held || holder.fence != fence) return fail(Code::conflict, "");
            change(holder);
            return {};
        });
    }

    void beat(const std::stop_token& stop) {
        std::unique_lock lock(mutex);
        while (!woken.wait_for(lock, stop, kHeartbeat, [&] { return stop.stop_requested(); })) {
            const auto said = if_ours([&](Holder& holder) { holder.seen = clock.now(); });
            // Any other error (a full disk) may pass.
            if (!said && said.error().code == Code::conflict) return;
        }
    }
};

Lock::Lock(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Lock>> Lock::take(const fs::path& file, const Clock& clock,
                                         const std::string& who, const std::string& why, bool steal,
                                         std::optional<Holder>* took_over) {
    Holder wanted{.who = who, .pid = ::getpid(), .why = why};
    SHOP_TRY(before, become_holder(file, clock, steal, wanted));
    if (took_over) *took_over = before;
    std::unique_ptr<Impl> impl(new Impl{file, clock, wanted.fence, {}, {}, {}});
    Impl& at = *impl;
    impl->heartbeat = std::jthread([&at](const std::stop_token& stop) { at.beat(stop); });
    return std::unique_ptr<Lock>(new Lock(std::move(impl)));
}

Lock::~Lock() {
    impl_->heartbeat.request_stop();
    impl_->heartbeat.join();
    // Where this fails, it is free kDeadAfter from now.
    (void)impl_->if_ours([&](Holder& holder) {
        holder.held = false;
        holder.pid = 0;
        holder.seen = impl_->clock.now();
    });
}

Result<std::int64_t> Lock::fence() const {
    SHOP_TRY(holder, read_holder(impl_->file));
    if (holder.held && holder.fence == impl_->fence) return impl_->fence;
    const std::string by =
        holder.held && holder.fence > impl_->fence
            ? " by " + holder.who + " at " + format_time(holder.since) + with_reason(holder.why)
            : "";
    return fail(Code::conflict, "The lock of deployments was taken from this one" + by +
                                    ". Look with: shopctl deploy status");
}

Result<std::optional<Holder>> holder_of(const fs::path& file) {
    SHOP_TRY(holder, read_holder(file));
    return holder.held ? std::optional(holder) : std::nullopt;
}

Result<void> lock_by_hand(const fs::path& file, const Clock& clock, const std::string& who,
                          const std::string& why) {
    Holder wanted{.who = who, .why = why, .by_hand = true};
    SHOP_CHECK(become_holder(file, clock, false, wanted));
    return {};
}

Result<void> unlock_by_hand(const fs::path& file, const Clock& clock) {
    SHOP_TRY(before, holder_of(file));
    if (!before || !before->by_hand)
        return fail(Code::failed_precondition,
                    before ? "Deployments are locked by a deployment of " + before->who +
                                 ", not by hand. It ends by itself."
                           : std::string("Deployments are not locked."));
    return change_holder(file, [&](Holder& holder) -> Result<void> {
        if (holder.fence != before->fence)
            return fail(Code::conflict,
                        "Somebody else took the lock meanwhile. Look with: shopctl "
                        "deploy status");
        holder.held = holder.by_hand = false;
        holder.seen = clock.now();
        return {};
    });
}

}  // namespace shop::cli::deploy
