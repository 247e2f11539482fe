// A userd in a folder of its own with one administrator ("root"), and short words for its calls.
// Answers are held against the endpoint table by the rig.
//
// Thread safety: send() for accounts that are signed in already, from several threads; the rest
// from one.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "support/rig.hpp"
#include "userd/app.hpp"

namespace shop::users::test {

using shop::test::HeaderList;
using shop::test::json_of;
using shop::test::problem_type;

inline constexpr const char* kPassword = "correct horse";

// Of a problem document: what its first wrong field is called, and its words.
inline std::string pointer_of(const http::Response& response) {
    const Json body = json_of(response);
    return body.contains("errors") ? body["errors"][0].value("pointer", "") : "";
}
inline std::string detail_of(const http::Response& response) {
    return json_of(response).value("detail", "");
}

// An account's JSON; `more` are further members.
inline std::string account(const std::string& name, const std::string& more = "") {
    return fmt::format(R"({{"username":"{0}","email":"{0}@example.org","password":"{1}"{2}}})",
                       name, kPassword, more.empty() ? "" : "," + more);
}

class UserShop {
public:
    explicit UserShop(bool course_api = false) : course_api_(course_api) {
        settings_.password_memory_mib = 8;
        settings_.password_passes = 1;
        settings_.first_admin_file = (rig_.folder() / "admin").string();
        write_admin_file(std::string("root:") + kPassword + "\n");
        restart();
        sign_in("root");
    }

    shop::test::Rig& rig() { return rig_; }
    UserSettings& settings() { return settings_; }
    runtime::App& app() { return *app_; }

    void write_admin_file(const std::string& text, unsigned mode = 0600) {
        std::ofstream(settings_.first_admin_file) << text;
        std::filesystem::permissions(settings_.first_admin_file,
                                     static_cast<std::filesystem::perms>(mode));
    }
    void stop() { app_.reset(); }
    Result<void> start() {
        stop();
        runtime::DaemonSettings common;
        common.course_api = course_api_;
        SHOP_TRY(app, make_app(rig_.context("userd", common), settings_));
        app_ = std::move(app);
        return {};
    }
    void restart() {
        const auto started = start();
        if (!started) throw std::runtime_error(started.error().message);
    }

    // `who` has signed in here before, or is "service:…", or "" for nobody.
    http::Response send(const std::string& who, const std::string& method,
                        const std::string& target, const std::string& body = "",
                        const HeaderList& headers = {}) {
        if (who.empty() || who.starts_with("service:"))
            return rig_.send(app_->service(), who, method, target, body, headers);
        return send_token(tokens_.at(who), method, target, body, headers);
    }
    http::Response send_token(const std::string& token, const std::string& method,
                              const std::string& target, const std::string& body = "",
                              HeaderList headers = {}) {
        if (!body.empty()) headers.emplace_back("content-type", "application/json");
        return rig_.send_raw(app_->service(), "Bearer " + token, method, target, body, headers);
    }
    http::Response get(const std::string& who, const std::string& target) {
        return send(who, "GET", target);
    }
    http::Response patch(const std::string& who, const std::string& ref, const std::string& body,
                         const std::string& if_match = "*") {
        HeaderList headers;
        if (!if_match.empty()) headers.emplace_back("if-match", if_match);
        return send(who, "PATCH", "/v1/users/" + ref, body, headers);
    }
    http::Response create(const std::string& body, const std::string& who = "") {
        return send(who, "POST", "/v1/users", body);
    }

    http::Response try_sign_in(const std::string& name, const std::string& password = kPassword,
                               const HeaderList& headers = {}) {
        return send("", "POST", "/v1/sessions",
                    Json{{"username", name}, {"password", password}}.dump(), headers);
    }
    // The session; later calls of `name` carry its token.
    Json sign_in(const std::string& name, const std::string& password = kPassword) {
        const auto answer = try_sign_in(name, password);
        if (answer.status != 201) throw std::runtime_error(answer.body);
        Json session = json_of(answer);
        tokens_[name] = session["access_token"];
        return session;
    }
    http::Response refresh(const std::string& token) {
        return send("", "POST", "/v1/sessions/refresh", Json{{"refresh_token", token}}.dump());
    }
    // A new account of this role, signed in.
    Json add(const std::string& name, const std::string& role = "customer") {
        const auto made = create(account(name, R"("role":")" + role + '"'), "root");
        if (made.status != 201) throw std::runtime_error(made.body);
        sign_in(name);
        return json_of(made);
    }

    Json::array_t events() {
        return json_of(get("root", "/v1/events?limit=200")).at("items").get<Json::array_t>();
    }
    // What the store holds, as its administrator sees it.
    std::string state() {
        return get("root", "/v1/users?limit=200").body + std::to_string(events().size());
    }

    // A call of the course's API; `key` is what a login gave, or "".
    http::Response course(const std::string& key, const std::string& method,
                          const std::string& target, const std::string& form = "") {
        HeaderList headers;
        if (!form.empty())
            headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return rig_.send_raw(app_->service(), key.empty() ? "" : "Basic " + key, method, target,
                             form, headers);
    }
    std::string course_login(const std::string& name) {
        const auto answer =
            course("", "POST", "/api/user/login", "username=" + name + "&password=correct+horse");
        if (answer.status != 200) throw std::runtime_error(answer.body);
        return json_of(answer).at("api_key");
    }

private:
    bool course_api_;
    shop::test::Rig rig_;
    UserSettings settings_;
    std::unique_ptr<runtime::App> app_;
    std::map<std::string, std::string> tokens_;
};

}  // namespace shop::users::test
