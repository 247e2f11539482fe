#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <mutex>
#include <stdexcept>

#include "base/text.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/wire.hpp"
#include "runtime/log.hpp"
#include "schema/codec.hpp"

namespace shop::test {
namespace {

// Any member that the table does not have is a fault of the service's answer.
void check_members(const Json& json, const schema::Type& type, const std::string& where);

void check_object(const Json& json, const schema::StructType& type, const std::string& where) {
    if (!json.is_object()) {
        FAIL_CHECK(where << " is no object");
        return;
    }
    for (const auto& [name, value] : json.items()) {
        const schema::Field* field = type.find(name);
        if (!field || field->write_only)
            FAIL_CHECK(where << "/" << name << " must not be there");
        else
            check_members(value, *field->type, where + "/" + name);
    }
    for (const auto& field : type.fields)
        if (!field.write_only && field.type->kind() != schema::Type::Kind::optional &&
            !json.contains(field.name))
            FAIL_CHECK(where << "/" << field.name << " is missing");
}

void check_members(const Json& json, const schema::Type& type, const std::string& where) {
    if (type.structure()) return check_object(json, *type.structure(), where);
    if (!type.inner()) return;
    if (type.kind() == schema::Type::Kind::optional)
        return check_members(json, *type.inner(), where);
    for (const Json& item : json) check_members(item, *type.inner(), where + "/-");
}

void check_error(const api::Endpoint& endpoint, const http::Response& response) {
    std::vector<int> statuses;
    for (const Code code : api::all_errors(endpoint)) statuses.push_back(info(code).http_status);
    INFO(response.body);
    CHECK_THAT(statuses, Catch::VectorContains(response.status));
    const Json body = json_of(response);
    if (endpoint.style == api::Style::course) {
        CHECK(body.contains("message"));
        CHECK(body.size() == 1);
        return;
    }
    if (endpoint.id == "readyz") return;
    CHECK(response.headers.get("content-type").value_or("") == "application/problem+json");
    for (const char* member : {"type", "title", "status", "detail", "request_id"})
        CHECK(body.contains(member));
    CHECK(body.value("status", 0) == response.status);
}

const api::Endpoint* endpoint_of(const runtime::Service& service, const http::Request& request) {
    const auto& rows = service.parts().table.endpoints;
    http::Router router;
    for (std::size_t i = 0; i < rows.size(); ++i) router.add(rows[i].method, rows[i].path, i);
    const auto match = router.match(request.method, request.segments);
    if (match.kind != http::Router::Match::Kind::found) return nullptr;
    const bool off = rows[match.route].style == api::Style::course && !service.parts().course_api;
    return off ? nullptr : &rows[match.route];
}

void check_answer(const runtime::Service& service, const http::Request& request,
                  const http::Response& response) {
    const api::Endpoint* endpoint = endpoint_of(service, request);
    if (!endpoint) return;
    // Calls may come from several threads, and Catch's assertions from one at a time.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    INFO(request.method << " " << request.target << " -> " << response.status);
    CHECK(response.headers.get("x-request-id"));
    if (response.status >= 400) return check_error(*endpoint, response);
    if (response.status == 304) return;
    CHECK(response.status == endpoint->status);
    if (endpoint->response) check_object(json_of(response), *endpoint->response, "");
}

}  // namespace

Rig::Rig() : clock_(parse_time("2026-11-24T10:00:00Z").value()), metrics_("0.0.0", "test") {
    log::set_level(log::Level::warning);  // not a line for each request
    for (const std::string service : {"userd", "productd", "orderd"}) {
        REQUIRE(auth::ensure_keys(keys_dir(), service));
        auto signer = auth::Signer::open(keys_dir(), service, clock_);
        REQUIRE(signer);
        signers_[service] = std::move(*signer);
    }
    verifier_ = auth::Verifier::open(keys_dir(), clock_);
}

Rig::~Rig() = default;

auth::Principal Rig::principal(std::string_view role) const {
    const Time end = clock_.now() + std::chrono::minutes(10);
    const auto user = [&](char digit, std::int64_t number, const char* name, const char* of) {
        return auth::Principal{"usr_" + std::string(32, digit), number, name, of,
                               "ses_" + std::string(32, digit), end};
    };
    if (role == "customer") return user('1', 1, "ada", "customer");
    if (role == "other") return user('2', 2, "bob", "customer");
    if (role == "staff") return user('3', 3, "sam", "staff");
    if (role == "admin") return user('4', 4, "root", "admin");
    if (role.starts_with("service:"))
        return {std::string(role.substr(8)), 0, "", std::string(role), "", end};
    return {};
}

std::string Rig::token(std::string_view role) const {
    if (role.empty()) return "";
    if (role.starts_with("service:"))
        return signers_.at(std::string(role.substr(8)))->service_token().value();
    return signers_.at("userd")->sign(principal(role)).value();
}

runtime::DaemonContext Rig::context(const std::string& service, runtime::DaemonSettings settings) {
    settings.data_dir = (folder() / service).string();
    settings.keys_dir = keys_dir().string();
    settings_.push_back(std::make_unique<runtime::DaemonSettings>(std::move(settings)));
    return {*settings_.back(), clock_, metrics_, *verifier_, signer(service), "0.0.0", "test"};
}

http::Response Rig::send_raw(runtime::Service& service, const std::string& authorization,
                             const std::string& method, const std::string& target,
                             const std::string& body, const HeaderList& headers) {
    http::Request wanted;
    wanted.method = method;
    wanted.target = target;
    wanted.body = body;
    if (!authorization.empty()) wanted.headers.add("authorization", authorization);
    for (const auto& [name, value] : headers) wanted.headers.add(name, value);
    // Through the wire format, so that the request is what the front would hand over.
    http::Request request;
    const std::string text = http::write_request(wanted, "test");
    const auto head = http::read_request_head(text, request);
    // No assertion of Catch's: see check_answer().
    if (head.progress != http::Progress::complete) throw std::runtime_error(head.reason);
    request.body = text.substr(head.head.bytes);
    request.peer.address = "127.0.0.1";
    auto response = service.handle(request);
    check_answer(service, request, response);
    return response;
}

http::Response Rig::send(runtime::Service& service, std::string_view role,
                         const std::string& method, const std::string& target,
                         const std::string& body, const HeaderList& headers) {
    HeaderList all = headers;
    const bool typed =
        std::ranges::any_of(all, [](const auto& h) { return h.first == "content-type"; });
    if (!body.empty() && !typed) all.emplace_back("content-type", "application/json");
    const std::string bearer = role.empty() ? "" : "Bearer " + token(role);
    return send_raw(service, bearer, method, target, body, all);
}

Json json_of(const http::Response& response) {
    INFO(response.body);
    const auto json = parse_json(response.body);
    REQUIRE(json);
    return *json;
}

std::string problem_type(const http::Response& response) {
    const auto json = parse_json(response.body);
    if (!json || !json->is_object()) return "";
    const std::string type = json->value("type", "");
    return type.substr(type.rfind('/') + 1);
}

}  // namespace shop::test
