// The services behind the pages. Each call has a deadline; a service that does not answer is left
// alone for a moment (the client's circuit breaker), so that its pages say so at once.
//
// Thread safety: any thread.
#pragma once

#include "api/client.hpp"
#include "runtime/daemon.hpp"
#include "storefrontd/settings.hpp"

namespace shop::storefront {

struct Backends {
    api::ApiClient users;
    api::ApiClient products;
    api::ApiClient orders;
    // productd's for what may take longer: its feed, read with storefrontd's own token, and
    // pictures that it draws anew.
    api::ApiClient patient_products;

    static Result<Backends> make(const runtime::DaemonContext& context,
                                 const StorefrontSettings& settings);
    // The one of a service of the needs.
    const api::ApiClient& of(const api::ServiceTable& service) const;
};

}  // namespace shop::storefront
