// A productd in a folder of its own, and short words for its calls. Answers are held against the
// endpoint table by the rig.
//
// Thread safety: handle() may be called from several threads; the rest from one.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "http/wire.hpp"
#include "productd/app.hpp"
#include "productd/expiry.hpp"
#include "support/rig.hpp"

namespace shop::products::test {

using Fields = shop::test::HeaderList;

struct Answer {
    int status = 0;
    http::Headers headers = {};
    std::string raw = {};
    Json body = {};  // null where it is no JSON

    explicit Answer(http::Response response)
        : status(response.status),
          headers(std::move(response.headers)),
          raw(std::move(response.body)),
          body(parse_json(raw).value_or(Json())) {}

    std::string header(std::string_view name) const {
        return std::string(headers.get(name).value_or(""));
    }
    // A string member; empty where it is not there.
    std::string text(const std::string& member) const {
        return body.is_object() ? body.value(member, "") : "";
    }
    // Of a problem: "not_found", and the first field that is wrong.
    std::string type() const { return text("type").substr(text("type").rfind('/') + 1); }
    std::string pointer() const {
        return body.contains("errors") ? body["errors"][0].value("pointer", "") : "";
    }
};

// A product's JSON; `more` are further members.
inline std::string product(const std::string& sku, const std::string& name,
                           const std::string& more = "") {
    return fmt::format(R"({{"sku":"{}","name":"{}","price":{{"amount":100,"currency":"GBP"}}{}}})",
                       sku, name, more.empty() ? "" : "," + more);
}

struct ShopOptions {
    bool course_api = false;
    bool open_creation = false;
    std::string currency = "GBP";
};

class ProductShop {
public:
    explicit ProductShop(const ShopOptions& options = {}) {
        settings_.course_open_product_creation = options.open_creation;
        runtime::DaemonSettings common;
        common.course_api = options.course_api;
        common.currency = options.currency;
        auto app = make_app(rig_.context("productd", common), settings_);
        if (!app) throw std::runtime_error(app.error().message);
        app_ = std::move(*app);
    }

    shop::test::Rig& rig() { return rig_; }
    runtime::App& app() { return *app_; }

    Answer send(const std::string& role, const std::string& method, const std::string& target,
                const std::string& body = "", const Fields& fields = {}) {
        return Answer(rig_.send(app_->service(), role, method, target, body, fields));
    }
    Answer get(const std::string& target, const std::string& role = "") {
        return send(role, "GET", target);
    }
    Answer post(const std::string& target, const std::string& body,
                const std::string& role = "staff", const Fields& fields = {}) {
        return send(role, "POST", target, body, fields);
    }
    Answer patch(const std::string& target, const std::string& body,
                 const std::string& if_match = "*", const std::string& role = "staff") {
        const Fields match{{"if-match", if_match}};
        return send(role, "PATCH", target, body, if_match.empty() ? Fields{} : match);
    }
    Answer del(const std::string& target) { return send("staff", "DELETE", target); }

    // A product for 1.00 GBP with this many pieces.
    Answer make(const std::string& sku, const std::string& name, int stock = 0) {
        const auto more = stock > 0 ? fmt::format(R"("initial_stock":{})", stock) : "";
        auto made = post("/v1/products", product(sku, name, more));
        if (made.status != 201) throw std::runtime_error(made.raw);
        return made;
    }
    Answer receive(const std::string& ref, int pieces) {
        return post("/v1/products/" + ref + "/stock/movements",
                    fmt::format(R"({{"kind":"receive","quantity":{}}})", pieces));
    }
    using Lines = std::vector<std::pair<std::string, int>>;
    static std::string reservation(const Lines& lines, int ttl_seconds = 900) {
        Json body{{"lines", Json::array()}, {"ttl_seconds", ttl_seconds}};
        for (const auto& [id, quantity] : lines)
            body["lines"].push_back({{"product_id", id}, {"quantity", quantity}});
        return body.dump();
    }
    Answer reserve(const std::string& order, const Lines& lines, int ttl_seconds = 900) {
        return send("service:orderd", "PUT", "/v1/reservations/" + order,
                    reservation(lines, ttl_seconds));
    }
    // One round of what the background thread does.
    void sweep() {
        const Tables tables;  // the same numbers as the app's own
        ExpirySweeper(app_->service().parts().store, tables, rig_.clock()).sweep();
    }
    Json::array_t events() {
        return get("/v1/events?limit=200", "admin").body.at("items").get<Json::array_t>();
    }

    // The service's answer as it is, to a request from anywhere.
    Answer handle(const std::string& method, const std::string& target, const std::string& body,
                  const Fields& fields, const std::string& address = "127.0.0.1") {
        http::Request wanted{.method = method, .target = target, .body = body};
        for (const auto& [name, value] : fields) wanted.headers.add(name, value);
        http::Request request;
        http::read_request_head(http::write_request(wanted, "test"), request);
        request.body = body;
        request.peer.address = address;
        return Answer(app_->service().handle(request));
    }

private:
    shop::test::Rig rig_;
    ProductSettings settings_;
    std::unique_ptr<runtime::App> app_;
};

}  // namespace shop::products::test
