#include "runtime/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "unit/runtime/notes.hpp"

using namespace shop;
using namespace shop::runtime::test;

namespace {

// What is written to stderr while it lives, line by line.
class Captured {
public:
    explicit Captured(log::Level level) : path_(folder_.path() / "log"), level_(log::level()) {
        log::set_level(level);
        const int file = ::open(path_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
        REQUIRE(file >= 0);
        ::dup2(file, STDERR_FILENO);
        ::close(file);
    }
    ~Captured() {
        ::dup2(saved_, STDERR_FILENO);
        ::close(saved_);
        log::set_level(level_);
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;

    std::string text() const {
        std::ifstream file(path_);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::vector<Json> lines() const {
        std::vector<Json> out;
        std::ifstream file(path_);
        for (std::string line; std::getline(file, line);) out.push_back(parse_json(line).value());
        return out;
    }

private:
    TempFolder folder_;
    std::filesystem::path path_;
    int saved_ = ::dup(STDERR_FILENO);
    log::Level level_;
};

}  // namespace

TEST_CASE("log: a line is one JSON object with level, priority, service and its fields",
          "[runtime]") {
    log::set_service("noted");
    std::vector<Json> lines;
    {
        const Captured captured(log::Level::debug);
        log::error("broken\n\"quote\"");
        log::warning("close");
        log::info("fine", {{"port", 80}});
        log::debug("bytes \xff");
        lines = captured.lines();
    }
    REQUIRE(lines.size() == 4);
    const std::vector<std::pair<std::string, int>> expected = {
        {"error", 3}, {"warning", 4}, {"info", 6}, {"debug", 7}};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CHECK(lines[i]["level"] == expected[i].first);
        CHECK(lines[i]["priority"] == expected[i].second);
        CHECK(lines[i]["service"] == "noted");
        CHECK(parse_time(lines[i]["time"].get<std::string>()));
    }
    CHECK(lines[0]["message"] == "broken\n\"quote\"");
    CHECK(lines[2]["port"] == 80);
}

TEST_CASE("log: below the level nothing is written", "[runtime]") {
    std::string text;
    {
        const Captured captured(log::Level::warning);
        log::info("quiet");
        log::debug("quiet");
        log::warning("loud");
        text = captured.text();
    }
    CHECK(text.find("loud") != std::string::npos);
    CHECK(text.find("quiet") == std::string::npos);
}

TEST_CASE("log: levels by name; info where there is no such", "[runtime]") {
    CHECK(log::level_named("error") == log::Level::error);
    CHECK(log::level_named("debug") == log::Level::debug);
    CHECK(log::level_named("loud") == log::Level::info);
}

TEST_CASE("access log: who called what, and no secret", "[runtime]") {
    Notes shop;
    const std::string bearer = shop.bearer("staff");
    std::vector<Json> lines;
    std::string text;
    {
        const Captured captured(log::Level::info);
        shop.send("GET", "/livez");
        shop.send("GET", "/v1/notes?text=private&limit=2",
                  {{"authorization", bearer},
                   {"x-request-id", "r1"},
                   {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
        lines = captured.lines();
        text = captured.text();
    }
    REQUIRE(lines.size() == 1);  // the probe is for debug
    const Json& line = lines[0];
    CHECK(line["method"] == "GET");
    CHECK(line["path"] == "/v1/notes");
    CHECK(line["status"] == 200);
    CHECK(line["ms"].is_number());
    CHECK(line["endpoint"] == "note_list");
    CHECK(line["actor"] == user_id("staff"));
    CHECK(line["request_id"] == "r1");
    CHECK(line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(text.find("private") == std::string::npos);
    CHECK(text.find(bearer.substr(7)) == std::string::npos);
}

TEST_CASE("access log: at warning only what is wrong on our side is said", "[runtime]") {
    Notes shop;
    std::vector<Json> lines;
    {
        const Captured captured(log::Level::warning);
        shop.send("GET", "/v1/notes");
        shop.send("GET", "/v1/nothing");
        shop.send("GET", "/v1/broken");
        lines = captured.lines();
    }
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["level"] == "error");
    CHECK(lines[0]["what"] == "the secret of the house");
    CHECK(lines[0]["endpoint"] == "broken");
    CHECK(lines[1]["status"] == 500);
    CHECK(lines[0]["request_id"] == lines[1]["request_id"]);
}
