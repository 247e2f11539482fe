#include "api/openapi.hpp"

#include <set>

#include "base/json.hpp"
#include "schema/codec.hpp"

namespace shop::api {
namespace {

using schema::Field;
using schema::StructType;
using schema::Type;

// Collects the structs that a document refers to, with those inside them.
class Components {
public:
    Json ref(const StructType& type) {
        add(type);
        return {{"$ref", "#/components/schemas/" + type.name}};
    }
    Json take() { return std::move(schemas_); }

private:
    void add(const StructType& type) {
        if (!seen_.insert(type.name).second) return;
        schemas_[type.name] = schema::json_schema(type);
        for (const Field& field : type.fields) add_inner(field.type);
    }
    void add_inner(const Type* type) {
        if (type->structure()) add(*type->structure());
        if (type->inner()) add_inner(type->inner());
    }

    std::set<std::string> seen_;
    Json schemas_ = Json::object();
};

std::string media_type(const Endpoint& endpoint) {
    if (endpoint.style == Style::course) return "application/x-www-form-urlencoded";
    return endpoint.patch ? "application/merge-patch+json" : "application/json";
}

Json parameter(std::string_view in, const Field& field, const Json& schema) {
    return {{"name", field.name},
            {"in", in},
            {"required", field.required},
            {"description", field.doc},
            {"schema", schema}};
}

Json header_parameter(std::string_view name, bool required, std::string_view doc) {
    return {{"name", name},
            {"in", "header"},
            {"required", required},
            {"description", doc},
            {"schema", {{"type", "string"}}}};
}

void add_path_parameters(const Endpoint& endpoint, Json& out) {
    for (auto open = endpoint.path.find('{'); open != std::string::npos;
         open = endpoint.path.find('{', open + 1)) {
        const auto name = endpoint.path.substr(open + 1, endpoint.path.find('}', open) - open - 1);
        out.push_back({{"name", name},
                       {"in", "path"},
                       {"required", true},
                       {"description", "Which " + name + "."},
                       {"schema", {{"type", "string"}}}});
    }
}

Json parameters(const Endpoint& endpoint) {
    Json out = Json::array();
    add_path_parameters(endpoint, out);
    if (endpoint.query) {
        Json properties = schema::json_schema(*endpoint.query)["properties"];
        for (const Field& field : endpoint.query->fields) {
            Json& property = properties[field.name];
            property.erase("description");
            out.push_back(parameter("query", field, property));
        }
    }
    if (endpoint.idempotency != Idempotency::none)
        out.push_back(header_parameter(
            "Idempotency-Key", endpoint.idempotency == Idempotency::required,
            "Names this change: the same call again within 24 hours gives the same answer."));
    if (endpoint.if_match)
        out.push_back(
            header_parameter("If-Match", true, "The ETag that was read; `*` changes any version."));
    return out;
}

Json error_responses(const Endpoint& endpoint) {
    Json out = Json::object();
    for (const Code code : all_errors(endpoint)) {
        const std::string status = std::to_string(info(code).http_status);
        if (out.contains(status)) continue;
        const char* ref = endpoint.style == Style::course ? "#/components/responses/Message"
                                                          : "#/components/responses/Problem";
        out[status] = {{"$ref", ref}};
    }
    return out;
}

Json responses(const Endpoint& endpoint, Components& components) {
    Json success = {{"description", endpoint.summary + ": done."}};
    if (endpoint.response)
        success["content"]["application/json"]["schema"] = components.ref(*endpoint.response);
    else if (endpoint.style == Style::course || endpoint.media == "application/json")
        success["content"]["application/json"]["schema"] = {
            {"type", Json::array({"object", "array"})}};
    else if (!endpoint.media.empty())
        success["content"][std::string(endpoint.media)] =
            endpoint.media.starts_with("image/") ? Json::object()
                                                 : Json{{"schema", {{"type", "string"}}}};
    Json out = {{std::to_string(endpoint.status), std::move(success)}};
    out.update(error_responses(endpoint));
    return out;
}

// Security alternatives: {} means that the call works without an identity.
Json security(const Endpoint& endpoint) {
    if (endpoint.style == Style::probe) return Json::array();
    const char* scheme = endpoint.style == Style::course ? "courseKey" : "accessToken";
    Json needed = Json::array({Json{{scheme, Json::array()}}});
    if (endpoint.scope.empty()) needed.push_back(Json::object());
    return needed;
}

Json operation(const Endpoint& endpoint, Components& components) {
    Json out = {{"operationId", endpoint.id}, {"summary", endpoint.summary}};
    if (endpoint.scope.size())
        out["description"] = "Needs the right `" + std::string(endpoint.scope) + "`.";
    out["tags"] = Json::array({endpoint.style == Style::course  ? "course"
                               : endpoint.style == Style::probe ? "operations"
                                                                : "shop"});
    if (Json list = parameters(endpoint); !list.empty()) out["parameters"] = std::move(list);
    if (endpoint.request) {
        // A merge patch carries any part of the document, so nothing in it is required.
        const Json schema = endpoint.patch
                                ? Json{{"type", "object"},
                                       {"description", "Members of " + endpoint.request->name +
                                                           " to change (RFC 7396)."}}
                                : components.ref(*endpoint.request);
        out["requestBody"] = {{"required", true},
                              {"content", {{media_type(endpoint), {{"schema", schema}}}}}};
    } else if (!endpoint.request_media.empty()) {
        // Bytes as they are: no schema (OpenAPI 3.1).
        out["requestBody"] = {{"required", true},
                              {"content", {{endpoint.request_media, Json::object()}}}};
    }
    out["security"] = security(endpoint);
    out["responses"] = responses(endpoint, components);
    return out;
}

std::string lower_method(std::string method) {
    for (char& c : method) c = static_cast<char>(c + ('a' - 'A'));
    return method;
}

Json problem_schema() {
    return {{"type", "object"},
            {"description", "What went wrong (RFC 9457)."},
            {"required", Json::array({"type", "title", "status", "detail"})},
            {"properties",
             {{"type", {{"type", "string"}, {"format", "uri"}}},
              {"title", {{"type", "string"}}},
              {"status", {{"type", "integer"}}},
              {"detail", {{"type", "string"}}},
              {"request_id", {{"type", "string"}}},
              {"errors",
               {{"type", "array"},
                {"items",
                 {{"type", "object"},
                  {"properties",
                   {{"pointer", {{"type", "string"}}}, {"detail", {{"type", "string"}}}}}}}}}}}};
}

Json shared_responses() {
    return {
        {"Problem",
         {{"description", "The call failed; `type` says how."},
          {"content",
           {{"application/problem+json",
             {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}}},
        {"Message",
         {{"description", "The call failed."},
          {"content",
           {{"application/json",
             {{"schema",
               {{"type", "object"}, {"properties", {{"message", {{"type", "string"}}}}}}}}}}}}}};
}

}  // namespace

std::string openapi_document(const ServiceTable& table, std::string_view version) {
    Components components;
    Json paths = Json::object();
    for (const Endpoint& endpoint : table.endpoints)
        paths[endpoint.path][lower_method(endpoint.method)] = operation(endpoint, components);
    Json schemas = components.take();
    schemas["Problem"] = problem_schema();
    const Json document = {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "shop " + table.name + ": " + table.title},
          {"version", version},
          {"description", "One service of a shop that is run from a terminal."},
          {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
        {"servers", Json::array({{{"url", "http://127.0.0.1:" + std::to_string(table.port)},
                                  {"description", "A shop on this machine."}}})},
        {"tags", Json::array({{{"name", "shop"}, {"description", "The shop's own API."}},
                              {{"name", "operations"}, {"description", "Health and figures."}},
                              {{"name", "course"}, {"description", "The course's API."}}})},
        {"paths", std::move(paths)},
        {"components",
         {{"securitySchemes",
           {{"accessToken", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}},
            {"courseKey",
             {{"type", "apiKey"},
              {"in", "header"},
              {"name", "Authorization"},
              {"description", "`Basic <api_key>`, the key as it is."}}}}},
          {"responses", shared_responses()},
          {"schemas", std::move(schemas)}}}};
    return dump(document);
}

}  // namespace shop::api
