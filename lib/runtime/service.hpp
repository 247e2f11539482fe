// A service: the endpoint table bound to handlers. For each request it finds the endpoint, checks
// who asks and whether that one may, runs the handler, and renders what comes back.
//
// Thread safety: bind everything, then share it; handle() runs on many threads.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/common.hpp"
#include "api/endpoint.hpp"
#include "api/stores.hpp"
#include "auth/token.hpp"
#include "events/change.hpp"
#include "http/client.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "runtime/call.hpp"
#include "runtime/metrics.hpp"
#include "runtime/store_parts.hpp"
#include "store/store.hpp"

namespace shop::runtime {

using Handler = std::function<Result<Reply>(Call&)>;

// One line of /readyz.
using Check = std::function<api::HealthCheck()>;

// Turns the Authorization field of the course's API ("Basic <api key>") into a principal.
using KeyResolver = std::function<Result<auth::Principal>(std::string_view key)>;

// Runs around the taking of a snapshot under this id, which it does by calling `take` once.
using AroundSnapshot = std::function<Result<api::StoreSnapshot>(
    const events::Origin& by, const std::string& id,
    const std::function<Result<api::StoreSnapshot>()>& take)>;

// Runs around a handler, which it does by calling `run`; within what metrics and log see.
using AroundHandler = std::function<Result<Reply>(const api::Endpoint& endpoint,
                                                  const std::function<Result<Reply>()>& run)>;

// How a service of pages (api::Style::page) tells a person of an error.
using ErrorPage = std::function<http::Response(const http::Request& request, const Error& error,
                                               const std::string& request_id)>;

// What a service is made of; everything outlives the Service.
struct ServiceParts {
    const api::ServiceTable& table;
    std::string version;
    std::string commit;
    store::Store& store;
    const store::Layout& layout;     // of the store
    std::filesystem::path data_dir;  // where snapshots are kept until they are fetched
    const events::Journal& journal;
    auth::Verifier& verifier;
    const Clock& clock;
    Metrics& metrics;
    bool course_api = false;
    std::filesystem::path keys_dir = {};  // with the service's own key, which signs the audit head
};

class Service {
public:
    explicit Service(ServiceParts parts);
    ~Service();

    // An assertion where the table has no such endpoint or it is bound already.
    void bind(std::string_view endpoint_id, Handler handler);
    void add_check(Check check);
    void set_key_resolver(KeyResolver resolver);
    // A further test of a valid token's principal (userd: is the session still there?).
    // unauthenticated refuses it.
    void set_principal_check(std::function<Result<void>(const auth::Principal&)> check);
    // A part of the store's check, behind those of the journal.
    void add_store_part(StorePart part);
    void set_around_snapshot(AroundSnapshot around);
    // For what all handlers have in common; tests make a service slow or faulty with it.
    void set_around_handlers(AroundHandler around);
    // Instead of problem documents, for its pages and for paths that it does not have.
    void set_error_page(ErrorPage page);
    // internal, with the names, where an endpoint has no handler: the daemon does not start then.
    Result<void> seal();

    // The whole way of one request. Never throws.
    http::Response handle(http::Request& request);
    // Whether overload must not refuse it: liveness, readiness and metrics.
    bool vital(const http::Request& request) const;
    // How much a request may bring, by its endpoint's row; 0 where there is none.
    std::size_t body_bytes_max(const http::Request& request) const;
    // What the front says where it refuses by itself.
    http::Response refusal(int status, std::string_view reason) const;

    // Readiness: false while draining; /readyz is 503 then.
    void set_ready(bool ready);
    void set_front_stats(std::function<http::FrontStats()> stats);
    const ServiceParts& parts() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace shop::runtime
