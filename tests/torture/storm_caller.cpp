#include "torture/storm_caller.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <thread>

#include "api/endpoint.hpp"

namespace shop::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto kAttempt = 10s;
constexpr auto kAnswerLimit = 180s;  // generous: only what never ends may fail
constexpr auto kPauseBetween = 20ms;
constexpr auto kSignInAgain = 15s;

const api::ServiceTable& table_of(Service service) {
    return *api::all_services().at(static_cast<std::size_t>(service));
}

bool says_later(const Error& error) {
    switch (error.code) {
        case Code::unavailable:
        case Code::timeout:
        case Code::resource_exhausted:
            return true;
        case Code::conflict:
            return error.retry_after_seconds > 0;
        default:
            return false;
    }
}

}  // namespace

StormCaller::StormCaller(const KilledShop& shop, api::Credentials credentials)
    : credentials_(std::move(credentials)) {
    for (const auto service : {Service::userd, Service::productd, Service::orderd}) {
        auto client =
            http::Client::make(shop.url(service), {.deadline = kAttempt, .breaker_failures = 0});
        if (!client) throw std::runtime_error(client.error().message);
        clients_.try_emplace(service, std::move(*client),
                             [this] { return Result<std::string>(session_.access_token); });
    }
}

std::string StormCaller::new_key() {
    return fmt::format("{}-{}-{}", credentials_.username, key_part_, ++keys_);
}

Result<http::Response> StormCaller::send(Service service, const char* endpoint,
                                         const std::vector<std::string>& params,
                                         const api::CallOptions& options) {
    const auto& client = clients_.at(service);
    const auto& row = table_of(service).at(endpoint);
    for (const auto give_up = Clock::now() + kAnswerLimit;;) {
        auto response = client.send(row, params, options);
        if (response && response->headers.get("idempotency-replayed")) ++replayed_;
        if (response || !says_later(response.error()) || Clock::now() > give_up) return response;
        std::this_thread::sleep_for(kPauseBetween);
    }
}

Result<api::User> StormCaller::open_account() {
    return call<api::User>(Service::userd, "user_create", {},
                           {.body = Json{{"username", credentials_.username},
                                         {"email", credentials_.username + "@example.org"},
                                         {"password", credentials_.password}},
                            .idempotency_key = new_key()});
}

Result<void> StormCaller::sign_in() {
    SHOP_TRY(session, call<api::Session>(Service::userd, "session_create", {},
                                         {.body = Json{{"username", credentials_.username},
                                                       {"password", credentials_.password}}}));
    session_ = std::move(session);
    signed_in_at_ = Clock::now();
    return {};
}

Result<void> StormCaller::stay_signed_in() {
    if (Clock::now() < signed_in_at_ + kSignInAgain) return {};
    return sign_in();
}

Result<void> StormCaller::go_on_with(const std::string& refresh_token) {
    SHOP_TRY(session, call<api::Session>(Service::userd, "session_refresh", {},
                                         {.body = Json{{"refresh_token", refresh_token}}}));
    session_ = std::move(session);
    signed_in_at_ = Clock::now();
    return {};
}

}  // namespace shop::torture
