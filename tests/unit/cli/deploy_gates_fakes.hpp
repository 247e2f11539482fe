// A service that says what a test wants it to, and a service manager that reports what it is told.
//
// Thread safety: the members of Service from any thread; the rest from one.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <utility>

#include "base/json.hpp"
#include "deploy/driver.hpp"
#include "http/front.hpp"

namespace shop::cli::deploy::test {

class FakeService {
public:
    explicit FakeService(std::string name)
        : name_(std::move(name)),
          front_(
              {}, [this](http::Request& request) { return answer(request); },
              [](int status, std::string_view) { return http::Response{.status = status}; },
              [](std::string_view) {}) {
        REQUIRE(front_.listen_tcp("127.0.0.1", 0));
        REQUIRE(front_.start());
        says("/version", 200, Json{{"service", name_}, {"version", "1.2"}, {"commit", "abc"}});
        healthy({});
    }
    ServiceManifest manifest() const {
        ServiceManifest out;
        out.name = name_;
        out.url = "http://127.0.0.1:" + std::to_string(front_.port());
        return out;
    }
    void says(const std::string& path, int status, const Json& body) {
        const std::lock_guard lock(mutex_);
        answers_[path] = {status, body.dump()};
    }
    // /readyz with these checks that fail: name and whether it is vital.
    void healthy(const std::vector<std::pair<std::string, bool>>& failing) {
        Json checks = Json::array();
        bool down = false;
        for (const auto& [check, vital] : failing) {
            checks.push_back(
                Json{{"name", check}, {"ok", false}, {"vital", vital}, {"detail", "gone"}});
            down = down || vital;
        }
        const char* status = down ? "unavailable" : failing.empty() ? "ok" : "degraded";
        says("/readyz", down ? 503 : 200,
             Json{{"service", name_}, {"status", status}, {"checks", checks}});
    }
    // After so many questions for /readyz it says that it is ready.
    void ready_after(int questions) {
        healthy({{"store", true}});
        const std::lock_guard lock(mutex_);
        ready_after_ = questions;
    }

private:
    http::Response answer(const http::Request& request) {
        const std::string path(request.path());
        bool ready = false;
        {
            const std::lock_guard lock(mutex_);
            ready = path == "/readyz" && ready_after_ > 0 && --ready_after_ == 0;
        }
        if (ready) healthy({});
        const std::lock_guard lock(mutex_);
        const auto found = answers_.find(path);
        http::Response response;
        response.status = found == answers_.end() ? 404 : found->second.first;
        if (found != answers_.end()) response.body = found->second.second;
        response.headers.add("content-type", "application/json");
        return response;
    }

    const std::string name_;
    std::mutex mutex_;
    std::map<std::string, std::pair<int, std::string>> answers_;
    int ready_after_ = 0;
    http::Front front_;
};

class FakeDriver final : public Driver {
public:
    std::string_view name() const override { return "fake"; }
    Result<Part> collect(const ServiceManifest&) override { return Part{}; }
    Result<void> preflight(const ServiceManifest&, const Part&) override { return {}; }
    Result<void> stage(const ServiceManifest&, const Part&) override { return {}; }
    Result<void> switch_to(const ServiceManifest&, const Part&) override { return {}; }
    Result<Instance> instance(const ServiceManifest& service) override {
        const auto found = instances.find(service.name);
        return found == instances.end() ? Instance{.running = true} : found->second;
    }
    Result<std::vector<std::string>> drift(const ServiceManifest&, const Part&) override {
        return std::vector<std::string>{};
    }
    std::map<std::string, Instance> instances;
};

}  // namespace shop::cli::deploy::test
