// The endpoints of a service's audit log: /v1/audit and its signed head.
//
// Thread safety: handlers run on many threads.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/service.hpp"

namespace shop::runtime {

class AuditDesk {
public:
    // `parts` outlives the desk.
    explicit AuditDesk(const ServiceParts& parts) : parts_(parts) {}
    std::vector<std::pair<std::string, Handler>> handlers() const;

private:
    Result<Reply> list(const Call& call) const;
    Result<Reply> get(const Call& call) const;
    Result<Reply> head(const Call& call) const;

    const ServiceParts& parts_;
};

}  // namespace shop::runtime
