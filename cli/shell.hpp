// What a command works with: the options that every command has, the chosen shop, output and
// questions.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api_keys.hpp"
#include "api/client.hpp"
#include "base/json.hpp"
#include "config.hpp"
#include "output/view.hpp"

namespace shop::cli {

// Options of every command.
struct Options {
    std::string context;           // --context; empty: the current one
    std::string output = "table";  // -o
    double timeout_seconds = 30;   // --timeout: how long to go on trying
    bool yes = false;              // --yes: answers each question
    bool quiet = false;            // --quiet: no progress, no hints
};

class Shell {
public:
    using TokenSource = std::function<Result<std::string>()>;

    explicit Shell(Options options);
    // For a shop that is no context of the configuration, with access tokens from `token`.
    Shell(Options options, Context context, TokenSource token);
    ~Shell();

    const Options& options() const { return options_; }

    // One call of a service's endpoint. A changing call gets an idempotency key of its own where
    // the endpoint takes one, and is retried until the timeout. The answer's JSON; null where it
    // has no content.
    Result<Json> call(const api::ServiceTable& service, std::string_view endpoint,
                      const std::vector<std::string>& params = {}, api::CallOptions options = {});
    // The same with the whole response (for the ETag).
    Result<http::Response> send(const api::ServiceTable& service, std::string_view endpoint,
                                const std::vector<std::string>& params = {},
                                api::CallOptions options = {});
    // Pages of a list until `limit` items (0: all) are there.
    Result<Json> list(const api::ServiceTable& service, std::string_view endpoint,
                      const std::vector<std::string>& params,
                      std::vector<std::pair<std::string, std::string>> query, std::size_t limit);
    // Get the resource, change it: a PATCH with If-Match of what was read; once more after a lost
    // race.
    Result<Json> patch(const api::ServiceTable& service, std::string_view get_endpoint,
                       std::string_view patch_endpoint, const std::vector<std::string>& params,
                       const Json& changes);

    // The context in use. failed with what to do where there is none.
    Result<Context> context();
    Result<std::string> url_of(const api::ServiceTable& service);
    // Signs in and keeps the session in the context. Signs out. failed_precondition where an API
    // key is in use instead. `code` is of the second factor; empty: none.
    Result<Json> sign_in(const std::string& username, const std::string& password,
                         const std::string& code = "");
    Result<void> sign_out();
    // The next command gets a new access token, with the rights that the account has by then.
    Result<void> renew_token();

    // Data to stdout in the chosen format.
    Result<int> print(const Json& value, const View& view) const;
    // A line for people, to stderr; not with --quiet.
    void say(std::string_view line) const;

    // A password from the terminal without echo, or the first line of standard input where that is
    // no terminal.
    Result<std::string> ask_password(std::string_view prompt) const;
    // The same for another secret; `what` it is stands in the error where there is none.
    Result<std::string> ask_secret(std::string_view prompt, std::string_view what) const;
    // Whether to go on: --yes, or an answer at the terminal; an error where there is no terminal to
    // ask at.
    Result<void> confirm(std::string_view question) const;

private:
    Result<const api::ApiClient*> client(const api::ServiceTable& service);
    Result<std::string> access_token();
    Result<std::string> token_of_key(const std::filesystem::path& file);

    Options options_;
    std::optional<Context> context_;
    TokenSource token_;                          // empty: by the context's login
    std::string refused_token_;                  // an access token that a service did not take
    std::optional<api::AccessToken> key_token_;  // of SHOPCTL_API_KEY_FILE
    std::map<std::string, std::unique_ptr<api::ApiClient>, std::less<>> clients_;
};

}  // namespace shop::cli
