// The endpoints of a service's store: /v1/store (figures, check, snapshots for backups).
//
// Thread safety: handlers run on many threads; parts are added before that.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/service.hpp"
#include "runtime/snapshots.hpp"
#include "runtime/store_parts.hpp"

namespace shop::runtime {

class StoreDesk {
public:
    // `parts` outlives the desk.
    explicit StoreDesk(const ServiceParts& parts);
    std::vector<std::pair<std::string, Handler>> handlers();
    // Behind those of the journal.
    void add_part(StorePart part) { store_parts_.push_back(std::move(part)); }
    // Runs around the taking of a snapshot: orderd's has productd's taken at the same cut.
    void set_around_snapshot(AroundSnapshot around) { around_ = std::move(around); }

private:
    Result<Reply> figures() const;
    Result<Reply> check(Call& call) const;
    Result<Reply> take(Call& call);
    Result<Reply> read(Call& call) const;

    const ServiceParts& parts_;
    std::vector<StorePart> store_parts_;
    AroundSnapshot around_;
    Snapshots snapshots_;
};

}  // namespace shop::runtime
