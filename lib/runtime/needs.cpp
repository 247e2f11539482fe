#include "runtime/needs.hpp"

#include <algorithm>
#include <cassert>

namespace shop::runtime {

Needs::Needs(const api::ServiceTable& service, const std::vector<std::string_view>& ids)
    : service_(service) {
    for (const auto id : ids) endpoints_.push_back(&service.at(id));
}

const api::Endpoint& Needs::at(std::string_view id) const {
    const auto row = std::ranges::find(endpoints_, id, [](const api::Endpoint* endpoint) {
        return std::string_view(endpoint->id);
    });
    assert(row != endpoints_.end());
    return **row;
}

const Needs& users_needs() {
    static const Needs needs(api::users_service(), {"events", "session_introspect"});
    return needs;
}

}  // namespace shop::runtime
