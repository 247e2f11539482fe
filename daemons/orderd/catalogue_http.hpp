// The Catalogue over HTTP: productd's /v1.
//
// Thread safety: may be shared.
#pragma once

#include <memory>
#include <string>

#include "api/client.hpp"
#include "orderd/catalogue.hpp"

namespace shop::orders {

// `url` of productd; `token` gives orderd's own token. `clock` outlives it; `tls` as
// in http::ClientOptions.
// invalid_argument for a URL that is none.
Result<std::unique_ptr<Catalogue>> make_http_catalogue(
    const std::string& url, api::ApiClient::TokenSource token, const Clock& clock,
    std::shared_ptr<const http::TlsClient> tls = nullptr);

}  // namespace shop::orders
