#include "runtime/service.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>

#include "api/openapi.hpp"
#include "base/text.hpp"
#include "http/problem.hpp"
#include "runtime/admission.hpp"
#include "runtime/audit_desk.hpp"
#include "runtime/log.hpp"
#include "runtime/probes.hpp"
#include "runtime/refusals.hpp"
#include "runtime/representation.hpp"
#include "runtime/store_desk.hpp"

namespace shop::runtime {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kCodedBytesMax = 2 * 1024 * 1024;  // some hundred pages of a catalogue

http::Response course_error(const Error& error) {
    http::Response response;
    response.status = info(error.code).http_status;
    const std::string message =
        error.code == Code::unauthenticated ? "Not logged in" : error.message;
    response.body = dump(Json{{"message", message}});
    response.headers.set("content-type", "application/json");
    if (error.retry_after_seconds > 0)
        response.headers.set("retry-after", std::to_string(error.retry_after_seconds));
    return response;
}

http::Response to_response(Reply reply, const api::Endpoint& endpoint) {
    http::Response response;
    response.status = reply.status ? reply.status : endpoint.status;
    response.headers = std::move(reply.headers);
    response.body = std::move(reply.body);
    if (!response.body.empty() && !response.headers.get("content-type"))
        response.headers.set("content-type", "application/json");
    return response;
}

Failure broken(const events::Origin& origin, const char* what) {
    log::error("a handler failed",
               {{"endpoint", origin.action}, {"what", what}, {"request_id", origin.request_id}});
    return fail(Code::internal, "Something is wrong on our side. Tell the shop this request's id.");
}

// What a handler throws, or calls internal, is a bug of ours: said in the log, not to the client.
Result<Reply> caught(const std::function<Result<Reply>()>& run, const events::Origin& origin) {
    try {
        auto reply = run();
        // What an internal error says is for us: it may name files or what a library said.
        if (!reply && reply.error().code == Code::internal)
            return broken(origin, reply.error().message.c_str());
        return reply;
    } catch (const std::exception& error) {
        return broken(origin, error.what());
    } catch (...) {
        return broken(origin, "no std::exception");
    }
}

}  // namespace

struct Service::Impl {
    ServiceParts parts;
    http::Router router;
    std::vector<Handler> handlers;  // by position in the table
    std::vector<Check> checks;
    AroundHandler around;  // empty: nothing
    ErrorPage error_page;  // empty: a problem document
    KeyResolver key_resolver;
    std::function<Result<void>(const auth::Principal&)> principal_check;
    std::function<http::FrontStats()> front_stats = [] { return http::FrontStats{}; };
    std::atomic<bool> ready{true};
    InFlight in_flight;
    std::unique_ptr<Probes> probes;
    std::unique_ptr<StoreDesk> desk;
    std::unique_ptr<AuditDesk> audit;
    Refusals refusals;
    http::GzipCache coded{kCodedBytesMax};

    explicit Impl(ServiceParts given)
        : parts(std::move(given)),
          handlers(parts.table.endpoints.size()),
          refusals(parts.store, parts.journal) {
        for (std::size_t i = 0; i < handlers.size(); ++i) {
            const api::Endpoint& row = parts.table.endpoints[i];
            if (row.style != api::Style::course || parts.course_api)
                router.add(row.method, row.path, i);
        }
    }

    Result<auth::Principal> who(const http::Request& request, const api::Endpoint& endpoint);
    Result<void> admit(const http::Request& request, const api::Endpoint& endpoint,
                       auth::Principal& principal);
    void note_refusal(const api::Endpoint& endpoint, const events::Origin& origin,
                      const Error& error);
    http::Response answer(http::Request& request, std::size_t route, http::Router::Match& match,
                          events::Origin& origin);
    http::Response told(const http::Request& request, const Error& error,
                        const std::string& request_id) const {
        return error_page ? error_page(request, error, request_id)
                          : http::problem(error, request_id);
    }
    http::Response unrouted(const http::Request& request, const http::Router::Match& match,
                            const std::string& request_id) const;
    void log_access(const http::Request& request, const http::Response& response,
                    const events::Origin& origin, std::chrono::nanoseconds took) const;
};

Service::Service(ServiceParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {
    Impl& impl = *impl_;
    impl.probes = std::make_unique<Probes>(impl.parts, impl.checks, impl.ready, impl.front_stats);
    impl.desk = std::make_unique<StoreDesk>(impl.parts);
    impl.audit = std::make_unique<AuditDesk>(impl.parts);
    const auto bind_what_is_listed = [&](auto handlers) {
        for (auto& [id, handler] : handlers)
            if (std::ranges::find(impl.parts.table.endpoints, id, &api::Endpoint::id) !=
                impl.parts.table.endpoints.end())
                bind(id, std::move(handler));
    };
    bind_what_is_listed(impl.probes->handlers());
    bind_what_is_listed(impl.desk->handlers());
    bind_what_is_listed(impl.audit->handlers());
}

Service::~Service() = default;

void Service::bind(std::string_view endpoint_id, Handler handler) {
    const auto& rows = impl_->parts.table.endpoints;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].id != endpoint_id) continue;
        assert(!impl_->handlers[i]);
        impl_->handlers[i] = std::move(handler);
        return;
    }
    assert(false && "the table has no such endpoint");
}

void Service::add_check(Check check) { impl_->checks.push_back(std::move(check)); }
void Service::set_key_resolver(KeyResolver resolver) { impl_->key_resolver = std::move(resolver); }
void Service::set_principal_check(std::function<Result<void>(const auth::Principal&)> check) {
    impl_->principal_check = std::move(check);
}
void Service::add_store_part(StorePart part) { impl_->desk->add_part(std::move(part)); }
void Service::set_around_snapshot(AroundSnapshot around) {
    impl_->desk->set_around_snapshot(std::move(around));
}
void Service::set_error_page(ErrorPage page) { impl_->error_page = std::move(page); }
void Service::set_around_handlers(AroundHandler around) { impl_->around = std::move(around); }
void Service::set_front_stats(std::function<http::FrontStats()> stats) {
    impl_->front_stats = std::move(stats);
}
void Service::set_ready(bool ready) { impl_->ready.store(ready); }
const ServiceParts& Service::parts() const { return impl_->parts; }

Result<void> Service::seal() {
    std::string missing;
    for (std::size_t i = 0; i < impl_->handlers.size(); ++i)
        if (!impl_->handlers[i]) missing += " " + impl_->parts.table.endpoints[i].id;
    if (missing.empty()) return {};
    return fail(Code::internal, "Endpoints without a handler:" + missing);
}

// Who asks: the token of /v1, the key of the course's API. Nobody, where neither is there.
Result<auth::Principal> Service::Impl::who(const http::Request& request,
                                           const api::Endpoint& endpoint) {
    if (endpoint.style == api::Style::course) {
        SHOP_TRY(key, credentials_of(request, "Basic"));
        if (!key || !key_resolver) return auth::Principal{};
        return key_resolver(*key);
    }
    SHOP_TRY(token, credentials_of(request, "Bearer"));
    if (!token) return auth::Principal{};
    std::string why;
    auto principal = parts.verifier.verify(*token, &why);
    if (!principal) {
        log::info("token refused", {{"reason", why}, {"address", request.peer.address}});
        return principal;
    }
    if (principal_check) SHOP_CHECK(principal_check(*principal));
    return principal;
}

// Whether the call may go on; `principal` is whose it is, also where it may not.
Result<void> Service::Impl::admit(const http::Request& request, const api::Endpoint& endpoint,
                                  auth::Principal& principal) {
    const bool looks_at_tokens =
        endpoint.style == api::Style::json || endpoint.style == api::Style::course;
    if (!looks_at_tokens && endpoint.scope.empty()) return {};
    auto found = who(request, endpoint);
    // The course's open calls pass over a key that has ended, as its own services did.
    if (!found && endpoint.style == api::Style::course && endpoint.scope.empty() &&
        found.error().code == Code::unauthenticated)
        return {};
    if (!found) return tl::make_unexpected(std::move(found).error());
    principal = *std::move(found);
    if (principal.may(endpoint.scope)) return {};
    if (!principal.known())
        return fail(Code::unauthenticated, "Sign in first: this call needs an access token.");
    return fail(Code::permission_denied, "This needs the right " + std::string(endpoint.scope) +
                                             ", which the role " + principal.role +
                                             " does not have.");
}

// Of somebody known who may not: what they lack. Strangers, whoever they say they are, are in the
// log alone: they could fill the disk.
void Service::Impl::note_refusal(const api::Endpoint& endpoint, const events::Origin& origin,
                                 const Error& error) {
    if (error.code != Code::permission_denied || !origin.principal.known()) return;
    const bool may = origin.principal.may(endpoint.scope);
    refusals.note(origin, "",
                  may ? error.message : "needs the right " + std::string(endpoint.scope),
                  origin.principal.user_id + " " + origin.action);
}

http::Response Service::Impl::answer(http::Request& request, std::size_t route,
                                     http::Router::Match& match, events::Origin& origin) {
    const api::Endpoint& endpoint = parts.table.endpoints[route];
    const auto run = [&]() -> Result<Reply> {
        SHOP_CHECK(admit(request, endpoint, origin.principal));
        SHOP_CHECK(check_form(request, endpoint));
        Call call(request, endpoint, origin, std::move(match.params), parts.store, parts.journal);
        const auto hold = in_flight.hold(call.caller(), call.idempotency_key());
        if (!hold) return tl::make_unexpected(hold.error());
        if (!around) return handlers[route](call);
        return around(endpoint, [&] { return handlers[route](call); });
    };
    auto reply = caught(run, origin);
    if (reply) {
        http::Response response = to_response(std::move(*reply), endpoint);
        const bool for_everybody = endpoint.scope.empty() && endpoint.style != api::Style::course;
        fit_to_request(request, response, for_everybody ? &coded : nullptr);
        return response;
    }
    note_refusal(endpoint, origin, reply.error());
    if (endpoint.style == api::Style::course) return course_error(reply.error());
    if (endpoint.style == api::Style::page) return told(request, reply.error(), origin.request_id);
    return http::problem(reply.error(), origin.request_id);
}

http::Response Service::Impl::unrouted(const http::Request& request,
                                       const http::Router::Match& match,
                                       const std::string& request_id) const {
    if (match.kind == http::Router::Match::Kind::no_path)
        return told(
            request,
            {Code::not_found, "There is nothing at " + std::string(request.path()) +
                                  (error_page ? "." : ". See /openapi.json for what there is.")},
            request_id);
    http::Response response;
    if (request.method == "OPTIONS")
        response.status = 204;
    else
        response = told(request, {Code::method_not_allowed, "This path takes " + match.allow + "."},
                        request_id);
    response.headers.set("allow", match.allow);
    return response;
}

void Service::Impl::log_access(const http::Request& request, const http::Response& response,
                               const events::Origin& origin, std::chrono::nanoseconds took) const {
    const bool probe =
        origin.action == "livez" || origin.action == "readyz" || origin.action == "metrics";
    const log::Level level = response.status >= 500 ? log::Level::warning
                             : probe                ? log::Level::debug
                                                    : log::Level::info;
    if (level > log::level()) return;
    log::write(level, "request",
               {{"method", request.method},
                {"path", request.path()},
                {"status", response.status},
                {"ms", std::chrono::duration<double, std::milli>(took).count()},
                {"endpoint", origin.action},
                {"actor", origin.principal.user_id},
                {"address", request.peer.address},
                {"request_id", origin.request_id},
                {"trace_id", origin.traceparent.substr(3, 32)}});
}

http::Response Service::handle(http::Request& request) {
    const auto began = SteadyClock::now();
    events::Origin origin;
    origin.request_id = request_id_of(request);
    origin.traceparent = traceparent_of(request);
    origin.address = request.peer.address;
    origin.now = impl_->parts.clock.now();
    auto match = impl_->router.match(request.method, request.segments);
    http::Response response;
    if (match.kind == http::Router::Match::Kind::found) {
        origin.action = impl_->parts.table.endpoints[match.route].id;
        response = impl_->answer(request, match.route, match, origin);
    } else {
        origin.action = "none";
        response = impl_->unrouted(request, match, origin.request_id);
    }
    response.headers.set("x-request-id", origin.request_id);
    if (response.status == 401 && !impl_->error_page)
        response.headers.set("www-authenticate", "Bearer");
    response.headers.set("x-content-type-options", "nosniff");
    if (!response.headers.get("cache-control")) response.headers.set("cache-control", "no-store");
    const auto took = SteadyClock::now() - began;
    impl_->parts.metrics.request(origin.action, response.status, took);
    impl_->log_access(request, response, origin, took);
    return response;
}

bool Service::vital(const http::Request& request) const {
    const std::string_view path = request.path();
    return path == "/livez" || path == "/readyz" || path == "/metrics";
}

std::size_t Service::body_bytes_max(const http::Request& request) const {
    const auto match = impl_->router.match(request.method, request.segments);
    if (match.kind != http::Router::Match::Kind::found) return 0;
    return impl_->parts.table.endpoints[match.route].body_bytes_max;
}

http::Response Service::refusal(int status, std::string_view reason) const {
    Error error{code_for_status(status), std::string(reason)};
    if (info(error.code).http_status != status) return http::problem(status, reason);
    if (status == 503 || status == 429) error.retry_after_seconds = 1;
    return http::problem(error, "");
}

}  // namespace shop::runtime
