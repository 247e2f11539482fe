// What the check and the backup ask of productd: its reservations, to be held against the orders,
// and its snapshot, to be taken at orderd's cut. The seam to productd for these two; tests put a
// fake here. The path of a checkout has its own (catalogue.hpp).
//
// Errors: unavailable, with what to do, where productd does not answer; its own answers otherwise.
//
// Thread safety: implementations may be called from many threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/client.hpp"
#include "api/products.hpp"
#include "events/change.hpp"

namespace shop::orders {

// Order ids behind `after` (empty: all) up to and with `until` (empty: all).
struct IdRange {
    std::string after;
    std::string until;
};

class Counterpart {
public:
    virtual ~Counterpart() = default;
    // In the order of their order ids.
    virtual Result<std::vector<api::Reservation>> reservations(const events::Origin& by,
                                                               const IdRange& range) = 0;
    // A new one: where there is one under this id already, it shows another moment and is dropped.
    virtual Result<void> take_snapshot(const events::Origin& by, const std::string& id) = 0;
};

// Over HTTP; the arguments as for make_http_catalogue.
Result<std::unique_ptr<Counterpart>> make_http_counterpart(
    const std::string& url, api::ApiClient::TokenSource token,
    std::shared_ptr<const http::TlsClient> tls);

}  // namespace shop::orders
