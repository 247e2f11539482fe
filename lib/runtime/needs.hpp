// What a service calls of another one. Its clients find their endpoints in this table and nowhere
// else (a test of the layout sees to it), so that `--describe` names every call there is, and a
// deployment knows which endpoint must not vanish.
//
// Thread safety: immutable.
#pragma once

#include <string_view>
#include <vector>

#include "api/endpoint.hpp"

namespace shop::runtime {

class Needs {
public:
    // `ids` are endpoints of that service; an assertion where one is not.
    Needs(const api::ServiceTable& service, const std::vector<std::string_view>& ids);

    // The row of an endpoint; an assertion where it is not among the needs.
    const api::Endpoint& at(std::string_view id) const;
    const api::ServiceTable& service() const { return service_; }
    const std::vector<const api::Endpoint*>& endpoints() const { return endpoints_; }

private:
    const api::ServiceTable& service_;
    std::vector<const api::Endpoint*> endpoints_;
};

// Of userd, by every service that follows its revocations and asks it for keys
// (revocations.hpp, key_resolver.hpp).
const Needs& users_needs();

}  // namespace shop::runtime
