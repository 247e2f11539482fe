#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

namespace {

std::string user_of(const http::Response& response) { return json_of(response)["user_id"]; }

}  // namespace

TEST_CASE("admission: a right that no role has lets nobody in", "[runtime]") {
    Notes shop;
    CHECK(shop.send("GET", "/v1/locked").status == 401);
    for (const std::string role : {"customer", "staff", "admin"}) {
        const auto refused = shop.send("GET", "/v1/locked", {{"authorization", shop.bearer(role)}});
        CHECK(refused.status == 403);
        CHECK(refused.body.find("no:such:right") != std::string::npos);
    }
}

TEST_CASE("admission: a probe is open only where its row says so", "[runtime]") {
    Notes shop;
    CHECK(shop.send("GET", "/livez").status == 200);
    CHECK(shop.send("GET", "/guarded").status == 401);
    CHECK(shop.send("GET", "/guarded", {{"authorization", shop.bearer("staff")}}).status == 403);
    CHECK(shop.send("GET", "/guarded", {{"authorization", shop.bearer("admin")}}).status == 200);
}

TEST_CASE("admission: without a token 401, with too little 403 that names the right", "[runtime]") {
    Notes shop;
    const auto nobody = shop.send("POST", "/v1/notes", {}, kNote);
    CHECK(nobody.status == 401);
    CHECK(problem_of(nobody) == "unauthenticated");
    CHECK(field_of(nobody, "www-authenticate") == "Bearer");

    const auto customer = shop.create("k", kNote, "customer");
    CHECK(customer.status == 403);
    CHECK(problem_of(customer) == "permission_denied");
    CHECK(json_of(customer)["detail"].get<std::string>().find("products:write") !=
          std::string::npos);
    CHECK(shop.notes->note_count() == 0);
    CHECK(shop.create("k", kNote, "staff").status == 201);
}

TEST_CASE("admission: a token that is not good is a 401, on open calls as well", "[runtime]") {
    Notes shop;
    const std::string good = shop.bearer("customer");
    std::string forged = good;
    forged[good.size() - 10] = good[good.size() - 10] == 'A' ? 'B' : 'A';
    for (const std::string& bad : {forged, std::string("Bearer nonsense"), std::string("Bearer"),
                                   "Basic " + good.substr(7), good.substr(7)}) {
        INFO(bad);
        const auto refused = shop.send("GET", "/v1/whoami", {{"authorization", bad}});
        CHECK(refused.status == 401);
        CHECK(field_of(refused, "www-authenticate") == "Bearer");
    }
    CHECK(user_of(shop.send("GET", "/v1/whoami")).empty());
    CHECK(user_of(shop.send("GET", "/v1/whoami", {{"authorization", good}})) ==
          user_id("customer"));
    shop.clock.advance(11min);
    CHECK(shop.send("GET", "/v1/whoami", {{"authorization", good}}).status == 401);
}

TEST_CASE("admission: the service's own test of a principal can refuse it", "[runtime]") {
    Notes shop;
    std::string asked;
    shop.notes->service().set_principal_check([&](const auth::Principal& who) -> Result<void> {
        asked = who.session_id;
        return fail(Code::unauthenticated, "This session has ended.");
    });
    CHECK(shop.send("GET", "/v1/whoami", {{"authorization", shop.bearer("staff")}}).status == 401);
    CHECK(asked == "ses_1");
    CHECK(shop.send("GET", "/v1/whoami").status == 200);
}

TEST_CASE("admission: who may not call learns nothing about the form of the call", "[runtime]") {
    Notes shop;
    CHECK(shop.send("POST", "/v1/notes?x=1", {{"content-type", "text/plain"}}, "{").status == 401);
    CHECK(shop.send("GET", "/v1/locked?x=1", {}, "body").status == 401);
}

TEST_CASE("admission: the course's calls take keys and answer in their own words", "[runtime]") {
    Notes shop(true);
    const Fields form = {{"content-type", "application/x-www-form-urlencoded"}};
    const auto with_key = [&](const std::string& field) {
        Fields fields = form;
        fields.emplace_back("authorization", field);
        return shop.send("POST", "/form", fields, "text=hello&stars=3");
    };
    // No resolver: nobody can be known.
    CHECK(with_key("Basic k1").status == 401);

    shop.notes->service().set_key_resolver([&](std::string_view key) -> Result<auth::Principal> {
        if (key == "k1") return shop.principal("customer");
        return fail(Code::unauthenticated, "The key has ended.");
    });
    const auto nobody = shop.send("POST", "/form", form, "text=hello");
    CHECK(nobody.status == 401);
    CHECK(nobody.body == R"({"message":"Not logged in"})");
    CHECK(field_of(nobody, "content-type") == "application/json");
    for (const std::string bad : {"Basic ended", "Basic", "Bearer k1"}) {
        INFO(bad);
        CHECK(with_key(bad).status == 401);
        CHECK(with_key(bad).body == nobody.body);
    }
    CHECK(shop.notes->note_count() == 0);
    const auto made = with_key("Basic k1");
    CHECK(made.status == 201);
    CHECK(json_of(made)["stars"] == 3);
    // An open call passes over a key that has ended.
    CHECK(user_of(shop.send("GET", "/form", {{"authorization", "Basic ended"}})).empty());
    CHECK(user_of(shop.send("GET", "/form", {{"authorization", "Basic k1"}})) ==
          user_id("customer"));
}

TEST_CASE("admission: the course's bad input is one message with the same status", "[runtime]") {
    Notes shop(true);
    shop.notes->service().set_key_resolver(
        [&](std::string_view) -> Result<auth::Principal> { return shop.principal("customer"); });
    const auto send = [&](const std::string& type, const std::string& body) {
        return shop.send("POST", "/form", {{"content-type", type}, {"authorization", "Basic k"}},
                         body);
    };
    const auto bad = send("application/x-www-form-urlencoded", "text=hello&stars=9");
    CHECK(bad.status == 400);
    CHECK(json_of(bad).size() == 1);
    CHECK(json_of(bad)["message"].get<std::string>().find("stars") != std::string::npos);
    CHECK(send("application/json", kNote).status == 415);
    CHECK(shop.notes->note_count() == 0);
}

TEST_CASE("form: a body that is not JSON is a 415", "[runtime]") {
    Notes shop;
    const auto send = [&](const std::string& method, const std::string& target, Fields fields) {
        fields.emplace_back("authorization", shop.bearer("staff"));
        fields.emplace_back("idempotency-key", "k");
        fields.emplace_back("if-match", "\"1\"");
        return shop.send(method, target, fields, kNote).status;
    };
    CHECK(send("POST", "/v1/notes", {{"content-type", "text/plain"}}) == 415);
    CHECK(send("POST", "/v1/notes", {}) == 415);
    CHECK(send("POST", "/v1/notes", {{"content-type", "application/merge-patch+json"}}) == 415);
    CHECK(send("PATCH", "/v1/notes/n1", {{"content-type", "text/plain"}}) == 415);
    CHECK(send("PATCH", "/v1/notes/n1", {{"content-type", "application/merge-patch+json"}}) == 200);
    CHECK(send("PATCH", "/v1/notes/n1", {{"content-type", "application/json"}}) == 200);
    CHECK(send("POST", "/v1/notes", {{"content-type", "Application/JSON; charset=utf-8"}}) == 201);
}

TEST_CASE("form: an idempotency key is asked for, and has a form", "[runtime]") {
    Notes shop;
    const auto missing = shop.send(
        "POST", "/v1/notes",
        {{"authorization", shop.bearer("staff")}, {"content-type", "application/json"}}, kNote);
    CHECK(missing.status == 400);
    CHECK(json_of(missing)["errors"][0]["pointer"] == "Idempotency-Key");
    CHECK(missing.body.find("UUID") != std::string::npos);
    for (const std::string& bad :
         {std::string(129, 'k'), std::string(""), std::string("a b"), std::string("é")}) {
        INFO(bad);
        CHECK(shop.create(bad, kNote).status == 400);
    }
    CHECK(shop.notes->note_count() == 0);
    CHECK(shop.create(std::string(128, '~'), kNote).status == 201);
}

TEST_CASE("form: a body or a query where none belongs is refused", "[runtime]") {
    Notes shop;
    CHECK(shop.send("GET", "/v1/whoami", {}, "{}").status == 400);
    CHECK(shop.send("GET", "/v1/whoami?verbose=1").status == 400);
    const auto unknown = shop.send("GET", "/v1/notes?limit=2&colour=red");
    CHECK(unknown.status == 400);
    CHECK(json_of(unknown)["errors"][0]["pointer"] == "colour");
    CHECK(shop.send("GET", "/v1/notes?limit=2&limit=3").status == 400);
    CHECK(shop.send("GET", "/v1/notes?limit=x").status == 400);
    CHECK(shop.send("GET", "/v1/notes?limit=2").status == 200);
}

TEST_CASE("form: bad input points at each field, and nothing is stored", "[runtime]") {
    Notes shop;
    const auto bad = shop.create("k", R"({"text":"","stars":6,"colour":"red","id":"n9"})");
    CHECK(bad.status == 400);
    const Json body = json_of(bad);
    std::vector<std::string> pointers;
    for (const auto& error : body["errors"]) pointers.push_back(error["pointer"]);
    std::ranges::sort(pointers);
    CHECK(pointers == std::vector<std::string>{"/colour", "/id", "/stars", "/text"});
    CHECK(body["request_id"] == field_of(bad, "x-request-id"));
    for (const std::string text : {"{", "[]", R"({"text":"a","text":"b"})", R"({"text":7})"})
        CHECK(shop.create("k", text).status == 400);
    CHECK(shop.notes->note_count() == 0);
    CHECK(shop.create("k", kNote).status == 201);
}
