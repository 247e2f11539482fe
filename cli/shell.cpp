#include "shell.hpp"

#include <iostream>

#include "api/users.hpp"
#include "api_key_file.hpp"
#include "base/id.hpp"
#include "base/limits.hpp"
#include "output/terminal.hpp"

namespace shop::cli {
namespace {

using std::chrono::milliseconds;

// One attempt is cut early enough to leave time for another.
constexpr milliseconds kAttemptMax{10'000};

constexpr std::string_view kSignInFirst =
    "You are not signed in. Do so with: shopctl login USERNAME";

SignedIn signed_in(const api::Session& session) {
    return {session.user.username, session.access_token, session.access_expires_at,
            session.refresh_token};
}

Result<Json> json_of(const http::Response& response) {
    if (response.body.empty()) return Json(nullptr);
    return parse_json(response.body);
}

}  // namespace

Shell::Shell(Options options) : options_(std::move(options)) {}
Shell::Shell(Options options, Context context, TokenSource token)
    : options_(std::move(options)), context_(std::move(context)), token_(std::move(token)) {}
Shell::~Shell() = default;

Result<Context> Shell::context() {
    if (context_) return *context_;
    SHOP_TRY(config, load_config());
    const std::string name = options_.context.empty() ? config.current : options_.context;
    Context* found = config.find(name);
    if (!found && !name.empty())
        return fail(Code::not_found,
                    "There is no context named " + name + ". See them with: shopctl context list");
    if (!found)
        return fail(Code::not_found,
                    "No shop is known here yet. Start one with `shopctl up`, or name one with "
                    "`shopctl context set NAME --users-url URL …`.");
    context_ = *found;
    return *context_;
}

Result<std::string> Shell::url_of(const api::ServiceTable& service) {
    SHOP_TRY(chosen, context());
    if (service.name == "userd") return chosen.users_url;
    if (service.name == "productd") return chosen.products_url;
    return service.name == "orderd" ? chosen.orders_url : chosen.storefront_url;
}

Result<const api::ApiClient*> Shell::client(const api::ServiceTable& service) {
    auto& slot = clients_[service.name];
    if (!slot) {
        SHOP_TRY(url, url_of(service));
        const milliseconds total(static_cast<std::int64_t>(options_.timeout_seconds * 1000));
        // No circuit breaker: a person waits, and asks until --timeout.
        SHOP_TRY(http, http::Client::make(url, {.deadline = std::min(kAttemptMax, total),
                                                .retry_for = total,
                                                .breaker_failures = 0}));
        slot = std::make_unique<api::ApiClient>(std::move(http), [this] { return access_token(); });
    }
    return slot.get();
}

// Refreshing happens under the lock of the configuration: two commands at once must not both use
// the one-time refresh token, since its reuse ends the session.
Result<std::string> Shell::access_token() {
    if (token_) return token_();
    if (const auto file = api_key_file()) return token_of_key(*file);
    SHOP_TRY(chosen, context());
    if (!chosen.login) return std::string();
    const Time soon = system_clock().now() + std::chrono::seconds(20);
    const auto usable = [&](const auto& login) {
        return login.access_expires_at > soon && login.access_token != refused_token_;
    };
    if (usable(*chosen.login)) return chosen.login->access_token;
    SHOP_CHECK(update_config([&](Config& config) -> Result<void> {
        Context* stored = config.find(chosen.name);
        if (!stored || !stored->login)
            return fail(Code::unauthenticated, std::string(kSignInFirst));
        if (!usable(*stored->login)) {
            SHOP_TRY(http, http::Client::make(stored->users_url, {}));
            const api::ApiClient users(std::move(http), nullptr);
            SHOP_TRY(session, users.call<api::Session>(
                                  api::users_service().at("session_refresh"), {},
                                  {.body = Json{{"refresh_token", stored->login->refresh_token}}}));
            stored->login = signed_in(session);
        }
        context_ = *stored;
        return {};
    }));
    return context_->login->access_token;
}

// Kept in memory alone: a job's key is enough to get the next one.
Result<std::string> Shell::token_of_key(const std::filesystem::path& file) {
    const Time soon = system_clock().now() + std::chrono::seconds(20);
    if (key_token_ && key_token_->expires_at > soon) return key_token_->access_token;
    SHOP_TRY(key, read_api_key(file));
    SHOP_TRY(url, url_of(api::users_service()));
    SHOP_TRY(http, http::Client::make(url, {}));
    const api::ApiClient users(std::move(http), nullptr);
    auto token = users.call<api::AccessToken>(api::users_service().at("token_create"), {},
                                              {.body = Json{{"api_key", key}}});
    if (!token && token.error().code == Code::unauthenticated)
        return fail(Code::unauthenticated,
                    "The API key in " + file.string() +
                        " (SHOPCTL_API_KEY_FILE) is unknown or has ended. Put another one there: "
                        "shopctl apikey create NAME --scope … --output-file " +
                        file.string());
    if (!token) return tl::make_unexpected(token.error());
    key_token_ = *std::move(token);
    return key_token_->access_token;
}

Result<http::Response> Shell::send(const api::ServiceTable& service, std::string_view endpoint,
                                   const std::vector<std::string>& params,
                                   api::CallOptions options) {
    const api::Endpoint& row = service.at(endpoint);
    if (row.idempotency != api::Idempotency::none && options.idempotency_key.empty())
        options.idempotency_key = new_id("key");
    SHOP_TRY(api, client(service));
    auto response = api->send(row, params, options);
    const auto& login = context_->login;
    // Tokens end early where the keys that signed them were given up; the session goes on.
    if (!response && response.error().code == Code::unauthenticated && !token_ && login &&
        !api_key_file() && login->access_token != refused_token_) {
        refused_token_ = login->access_token;
        response = api->send(row, params, options);
    }
    if (!response && response.error().code == Code::unauthenticated && !context_->login &&
        !api_key_file() && row.id != "session_create")
        return fail(Code::unauthenticated, std::string(kSignInFirst));
    return response;
}

Result<Json> Shell::call(const api::ServiceTable& service, std::string_view endpoint,
                         const std::vector<std::string>& params, api::CallOptions options) {
    SHOP_TRY(response, send(service, endpoint, params, std::move(options)));
    return json_of(response);
}

Result<Json> Shell::list(const api::ServiceTable& service, std::string_view endpoint,
                         const std::vector<std::string>& params,
                         std::vector<std::pair<std::string, std::string>> query,
                         std::size_t limit) {
    Json items = Json::array();
    std::string cursor;
    do {
        const std::size_t left = limit ? limit - items.size() : limits::kPageItemsMax;
        auto page_query = query;
        page_query.emplace_back("limit", std::to_string(std::min(left, limits::kPageItemsMax)));
        if (!cursor.empty()) page_query.emplace_back("cursor", cursor);
        SHOP_TRY(page, call(service, endpoint, params, {.query = std::move(page_query)}));
        for (Json& item : page["items"]) items.push_back(std::move(item));
        cursor = page.value("next_cursor", "");
    } while (!cursor.empty() && (limit == 0 || items.size() < limit));
    return items;
}

Result<Json> Shell::patch(const api::ServiceTable& service, std::string_view get_endpoint,
                          std::string_view patch_endpoint, const std::vector<std::string>& params,
                          const Json& changes) {
    for (int attempt = 0;; ++attempt) {
        SHOP_TRY(current, send(service, get_endpoint, params));
        const std::string etag(current.headers.get("etag").value_or("*"));
        auto changed = call(service, patch_endpoint, params, {.body = changes, .if_match = etag});
        // Somebody else was quicker: what they changed stays, and ours goes on top of it.
        if (changed || changed.error().code != Code::failed_precondition || attempt == 1)
            return changed;
    }
}

Result<Json> Shell::sign_in(const std::string& username, const std::string& password,
                            const std::string& code) {
    SHOP_CHECK(check_no_api_key());
    SHOP_TRY(chosen, context());
    SHOP_TRY(http, http::Client::make(chosen.users_url, {}));
    const api::ApiClient users(std::move(http), nullptr);
    Json body{{"username", username}, {"password", password}};
    if (!code.empty()) body["code"] = code;
    SHOP_TRY(session, users.call<api::Session>(api::users_service().at("session_create"), {},
                                               {.body = body}));
    SHOP_CHECK(update_config([&](Config& config) -> Result<void> {
        chosen.login = signed_in(session);
        config.put(chosen);
        return {};
    }));
    context_ = chosen;
    return schema::encode(session.user);
}

Result<void> Shell::sign_out() {
    SHOP_CHECK(check_no_api_key());
    SHOP_TRY(chosen, context());
    if (!chosen.login) return {};
    const auto ended = call(api::users_service(), "session_delete");
    // A session that is over already is what was asked for.
    if (!ended && ended.error().code != Code::unauthenticated)
        return tl::make_unexpected(ended.error());
    return update_config([&](Config& config) -> Result<void> {
        if (Context* stored = config.find(chosen.name)) stored->login.reset();
        return {};
    });
}

Result<void> Shell::renew_token() {
    SHOP_TRY(chosen, context());
    return update_config([&](Config& config) -> Result<void> {
        Context* stored = config.find(chosen.name);
        if (stored && stored->login) stored->login->access_expires_at = Time{};
        return {};
    });
}

Result<int> Shell::print(const Json& value, const View& view) const {
    SHOP_TRY(text, render(value, view, options_.output, use_color()));
    std::cout << text << std::flush;
    if (!std::cout) return fail(Code::internal, "Standard output can't be written to.");
    return kExitDone;
}

void Shell::say(std::string_view line) const {
    if (!options_.quiet) std::cerr << line << "\n";
}

Result<std::string> Shell::ask_password(std::string_view prompt) const {
    return ask_secret(prompt, "password");
}

Result<std::string> Shell::ask_secret(std::string_view prompt, std::string_view what) const {
    return read_secret(prompt, what);
}

Result<void> Shell::confirm(std::string_view question) const {
    if (options_.yes) return {};
    SHOP_TRY(yes, ask_yes_no(question));
    if (!yes) return fail(Code::failed_precondition, "Nothing was changed.");
    return {};
}

}  // namespace shop::cli
