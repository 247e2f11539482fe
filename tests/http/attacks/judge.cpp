#include "http/attacks/judge.hpp"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "http/attacks/raw_client.hpp"

namespace shop::test {
namespace {

using End = Expected::End;

constexpr std::size_t kBlockBytes = 64 * 1024;

class Run {
public:
    Run(const Case& attack, const Expected& expected, int port)
        : attack_(attack), expected_(expected), client_(port) {}

    void run() {
        const bool there =
            std::ranges::all_of(attack_.steps, [&](const auto& s) { return take(s); });
        if (!there) return;
        if (expected_.any) return check_any();
        while (answers_.size() < expected_.answers.size()) read_answer();
        check_holds();
        check_end();
    }

private:
    // False where the client has left.
    bool take(const Step& step);
    void send(const std::vector<Piece>& pieces);
    bool send_block(std::string_view block);
    void read_answer();
    void check_any();
    void check_holds() const;
    void check_end();

    const Case& attack_;
    const Expected& expected_;
    RawClient client_;
    int pace_ms_ = 0;
    std::vector<Answer> answers_;
};

bool Run::take(const Step& step) {
    switch (step.kind) {
        case Step::Kind::send:
            send(step.pieces);
            return true;
        case Step::Kind::pause:
            client_.pause(std::chrono::milliseconds(step.number));
            return true;
        case Step::Kind::pace:
            pace_ms_ = step.number;
            return true;
        case Step::Kind::await:
            for (int i = 0; i < step.number; ++i) read_answer();
            return true;
        case Step::Kind::shut:
            client_.shut_writing();
            return true;
        case Step::Kind::reset:
            client_.reset();
            return false;
        case Step::Kind::leave:
            client_.close();
            return false;
    }
    return false;
}

// Never holds more than a block.
void Run::send(const std::vector<Piece>& pieces) {
    std::string block;
    for (const auto& [text, count] : pieces) {
        for (std::size_t i = 0; i < count; ++i) {
            block += text;
            if (block.size() < kBlockBytes) continue;
            if (!send_block(block)) return;
            block.clear();
        }
    }
    send_block(block);
}

bool Run::send_block(std::string_view block) {
    if (pace_ms_ == 0) return client_.send(block);
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (!client_.send(block.substr(i, 1))) return false;
        client_.pause(std::chrono::milliseconds(pace_ms_));
    }
    return true;
}

// The next answer, which has to be the one expected at its place.
void Run::read_answer() {
    if (answers_.size() == expected_.answers.size()) wrong("more is awaited than is expected");
    const Wanted& wanted = expected_.answers[answers_.size()];
    const auto answer = client_.next(wanted.to_head);
    const std::string place = "answer " + std::to_string(answers_.size() + 1);
    if (!answer) wrong(place + " did not come before the close");
    if (std::ranges::find(wanted.statuses, answer->status) == wanted.statuses.end())
        wrong(place + " is a " + std::to_string(answer->status) + ": " + answer->body);
    if (answer->fields.contains("x-injected")) wrong(place + " was split");
    if (answer->field("content-type").find("json") != std::string::npos && !wanted.to_head &&
        !nlohmann::json::accept(answer->body))
        wrong(place + " is no JSON: " + answer->body);
    answers_.push_back(*answer);
}

// Takes no request of its own, so whatever answer comes first belongs to it.
void check_innocent(RawClient& client, std::string* backend_port) {
    static std::atomic<int> number{0};
    const std::string id = "innocent-" + std::to_string(++number);
    client.send("GET /" + id + " HTTP/1.1\r\nHost: shop\r\nX-Request-Id: " + id + "\r\n\r\n");
    const auto answer = client.next(false);
    if (!answer) wrong("an innocent request got no answer");
    if (answer->status != 404 || answer->field("x-request-id") != id ||
        answer->body.find("/" + id + ".") == std::string::npos)
        wrong("an innocent request got another's answer: " + std::to_string(answer->status) + " " +
              answer->body);
    if (!client.unread().empty()) wrong("bytes follow an innocent request's answer");
    if (backend_port) *backend_port = answer->field("x-backend-port");
}

void check_open_or_closed(RawClient& client) {
    client.pause(std::chrono::milliseconds(20));
    if (!client.unread().empty()) wrong("more answers than expected: " + client.unread());
    // It may be about to close.
    if (!client.send("GET /innocent-either HTTP/1.1\r\nHost: shop\r\n\r\n")) return;
    const auto answer = client.next(false);
    if (answer &&
        (answer->status != 404 || answer->body.find("/innocent-either.") == std::string::npos))
        wrong("more answers than expected, the last a " + std::to_string(answer->status));
}

void Run::check_any() {
    if (const auto answer = client_.next(false)) {
        if (answer->fields.contains("x-injected")) wrong("the answer was split");
        check_open_or_closed(client_);
    }
}

void Run::check_holds() const {
    for (std::size_t i = 0; i < attack_.holds.size() && i < answers_.size(); ++i)
        if (answers_[i].body.find(attack_.holds[i]) == std::string::npos)
            wrong("answer " + std::to_string(i + 1) + " does not hold \"" + attack_.holds[i] +
                  "\": " + answers_[i].body);
}

void Run::check_end() {
    if (expected_.end == End::gone) return;
    if (expected_.end == End::either) return check_open_or_closed(client_);
    if (expected_.end == End::open) return check_innocent(client_, nullptr);
    if (client_.next(false)) wrong("more answers than expected");
    // Whoever closes says so before (RFC 9112, 9.6), but where the client did it first.
    if (!answers_.empty() && !attack_.half_closes() &&
        answers_.back().field("connection") != "close")
        wrong("the connection was closed without a word");
}

}  // namespace

std::string judge(const Case& attack, const Expected& expected, int port) try {
    Run(attack, expected, port).run();
    return "";
} catch (const std::runtime_error& error) {
    return error.what();
}

namespace {

constexpr std::string_view kInnocentPath = "/v1/products/innocent";

std::string innocent_request(std::string_view id, std::string_view more) {
    return "GET " + std::string(kInnocentPath) +
           " HTTP/1.1\r\nHost: shop\r\nX-Request-Id: " + std::string(id) + "\r\n" +
           std::string(more) + "\r\n";
}

// One case on its way through the gateway.
class GatewayRun {
public:
    GatewayRun(const Case& attack, const http::Address& gateway)
        : attack_(attack), client_(gateway) {}

    void run() {
        for (const Step& step : attack_.steps)
            if (!take(step)) return;
        client_.send(innocent_request("last", "Connection: close\r\n"));
        client_.shut_writing();
        while (read_answer()) {
        }
        const auto most = std::max(attack_.direct.answers.size(),
                                   attack_.proxy.any ? 1 : attack_.proxy.answers.size());
        if (answers_ > most + 1) wrong(std::to_string(answers_) + " answers:" + statuses_);
    }

private:
    // False where the client has left.
    bool take(const Step& step) {
        if (step.kind == Step::Kind::send) {
            for (const auto& [text, count] : step.pieces) send(text, count);
        } else if (step.kind == Step::Kind::pause) {
            client_.pause(std::chrono::milliseconds(step.number));
        } else if (step.kind == Step::Kind::pace) {
            pace_ms_ = step.number;
        } else if (step.kind == Step::Kind::await) {
            for (int i = 0; i < step.number && read_answer(); ++i) {
            }
        } else if (step.kind == Step::Kind::shut) {
            client_.shut_writing();
        } else {
            step.kind == Step::Kind::reset ? client_.reset() : client_.close();
            return false;
        }
        return true;
    }
    void send(const std::string& text, std::size_t count) {
        std::string block;
        for (std::size_t i = 0; i < count; ++i) {
            block += text;
            const bool full = block.size() >= kBlockBytes || i + 1 == count || pace_ms_ > 0;
            if (full && !send_paced(std::exchange(block, ""))) return;
        }
    }
    bool send_paced(const std::string& block) {
        if (pace_ms_ == 0) return client_.send(block);
        for (const char byte : block) {
            if (!client_.send({&byte, 1})) return false;
            client_.pause(std::chrono::milliseconds(pace_ms_));
        }
        return true;
    }
    // False where there is no more.
    bool read_answer() {
        const auto& wanted = attack_.proxy.answers;
        const auto answer = client_.next(answers_ < wanted.size() && wanted[answers_].to_head);
        if (!answer) return false;
        // "Go on" is none; whether HAProxy says it depends on when the body comes.
        if (answer->status == 100) return true;
        ++answers_;
        statuses_ += " " + std::to_string(answer->status);
        if (answer->fields.contains("x-injected")) wrong("an answer was split");
        return true;
    }

    const Case& attack_;
    RawClient client_;
    int pace_ms_ = 0;
    std::size_t answers_ = 0;
    std::string statuses_;
};

}  // namespace

std::string judge_through_gateway(const Case& attack, const http::Address& gateway) try {
    GatewayRun(attack, gateway).run();
    return "";
} catch (const std::runtime_error& error) {
    return error.what();
}

std::string judge_innocent_through_gateway(const http::Address& gateway) try {
    static std::atomic<int> number{0};
    const std::string id = "innocent-" + std::to_string(++number);
    RawClient client(gateway);
    client.send(innocent_request(id, ""));
    const auto answer = client.next(false);
    if (!answer || answer->status != 404 || answer->field("x-request-id") != id)
        wrong("an innocent request got " + (answer ? answer->body : "no answer"));
    if (!client.unread().empty()) wrong("bytes follow an innocent request's answer");
    return "";
} catch (const std::runtime_error& error) {
    return error.what();
}

std::string judge_innocent(int port, std::string& backend_port) try {
    RawClient client(port);
    check_innocent(client, &backend_port);
    return "";
} catch (const std::runtime_error& error) {
    return error.what();
}

}  // namespace shop::test
