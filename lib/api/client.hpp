// The typed client: calls of the endpoint tables over HTTP.
//
//     SHOP_TRY(product, client.call<api::Product>(products_service().at("product_get"),
//     {"white-heart"}));
//
// Thread safety: an ApiClient may be shared, unless its token source may not.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.hpp"
#include "base/json.hpp"
#include "http/client.hpp"
#include "schema/codec.hpp"

namespace shop::api {

// What one call carries besides its path.
struct CallOptions {
    std::optional<Json> body = std::nullopt;
    std::string content = {};  // a body that is no JSON, of this type
    std::string content_type = {};
    std::vector<std::pair<std::string, std::string>> query = {};
    std::string idempotency_key = {};  // a changing call is repeatable only with one
    std::string if_match = {};
    std::string traceparent = {};
    std::string request_id = {};
    // Of whoever this call is made for, where that changes from call to call: instead of the token
    // source's. An empty one: none is sent.
    std::optional<std::string> token = std::nullopt;
    std::string client_address = {};  // whom the service shall believe it is for: a proxy's word
    std::string user_agent = {};      // that one's program
};

class ApiClient {
public:
    // The access token for the next call; an empty one: none is sent.
    using TokenSource = std::function<Result<std::string>()>;

    ApiClient(std::unique_ptr<http::Client> http, TokenSource token);

    // `params` fill the {…} of the path in order. An answer of status 400 or above is an Error.
    Result<http::Response> send(const Endpoint& endpoint, const std::vector<std::string>& params,
                                const CallOptions& options = {}) const;
    template <class T>
    Result<T> call(const Endpoint& endpoint, const std::vector<std::string>& params,
                   const CallOptions& options = {}) const {
        SHOP_TRY(response, send(endpoint, params, options));
        return schema::decode_text<T>(response.body, schema::Mode::stored);
    }
    const std::string& url() const { return http_->url(); }

private:
    std::unique_ptr<http::Client> http_;
    TokenSource token_;
};

// The path with its parameters percent-encoded and the query behind it.
std::string target_of(const Endpoint& endpoint, const std::vector<std::string>& params,
                      const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace shop::api
