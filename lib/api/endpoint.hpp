// Endpoint tables: each call of a service, declared once. Router, authorisation, typed client,
// OpenAPI, `shopctl explain` and the route-by-role test read them.
//
// Thread safety: tables are constant once built.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.hpp"
#include "base/error.hpp"
#include "base/limits.hpp"
#include "schema/field.hpp"

namespace shop::api {

enum class Style {
    json,    // /v1: JSON in and out, problem+json
    course,  // the course's API: a form in, its own JSON out, errors as {"message": …}
    probe,   // health, metrics, documents: open, answered without the store
    page,    // for people with a browser: HTML out, a form in, errors as pages (error_page)
};

enum class Idempotency { none, optional, required };

struct Endpoint {
    std::string id;  // operationId, name of metrics and audit actions: "product_get"
    std::string method;
    std::string path;                               // "/v1/products/{ref}"
    std::string summary;                            // one line, imperative: "Get a product"
    std::string_view scope = auth::scope::kNobody;  // one that is open says kOpen
    const schema::StructType* query = nullptr;
    const schema::StructType* request = nullptr;
    const schema::StructType* response = nullptr;  // nullptr: no content, or see `media`
    std::string_view media = {};                   // of an answer that no table describes
    std::string_view request_media = {};           // likewise of a body: "image/*"
    int status = 200;                              // of success
    std::size_t body_bytes_max = limits::kBodyBytesMax;
    Idempotency idempotency = Idempotency::none;
    bool if_match = false;          // the call needs If-Match (428 without)
    bool patch = false;             // the request is a merge patch of `request`
    std::vector<Code> errors = {};  // beyond common_errors()
    Style style = Style::json;
};

// Errors that any endpoint of its kind may answer with, from its row: 400 and 401 (a bad token)
// under /v1, 403 where it has a scope, 428/412 with If-Match, and so on.
std::vector<Code> all_errors(const Endpoint& endpoint);

struct ServiceTable {
    std::string name;                               // "productd"
    std::string title;                              // "Products and stock"
    int port;                                       // by default
    std::vector<Endpoint> endpoints;                // its own, the common ones and the course's
    const Endpoint& at(std::string_view id) const;  // an assertion where there is none
};

// /livez, /readyz, /metrics, /version, /openapi.json, /v1/events.
std::vector<Endpoint> common_endpoints();
// A service's table from its own rows, the common ones and the course's.
ServiceTable make_table(std::string name, std::string title, int port, std::vector<Endpoint> own,
                        std::vector<Endpoint> course);
const ServiceTable& users_service();
const ServiceTable& products_service();
const ServiceTable& orders_service();
// These three, which keep the shop's data, in the order in which a shop starts.
const std::vector<const ServiceTable*>& all_services();
// The pages for shoppers and staff: no contract for programs, and no data of the shop.
const ServiceTable& storefront_service();
// all_services() and the storefront: what runs.
const std::vector<const ServiceTable*>& all_daemons();

}  // namespace shop::api
