// A client that sends whatever it is told and reads answers strictly: every byte that comes back
// has to belong to an HTTP/1.1 answer with a length.
//
// Thread safety: one owner.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/address.hpp"
#include "http/channel.hpp"

namespace shop::test {

struct Answer {
    int status = 0;
    std::map<std::string, std::string> fields;  // names in lower case
    std::string body;

    std::string field(const std::string& name) const {
        const auto found = fields.find(name);
        return found == fields.end() ? "" : found->second;
    }
};

// Takes an answer off the front of `bytes`; nothing where it is not whole yet. Throws
// std::runtime_error where the bytes are no such answer.
std::optional<Answer> take_answer(std::string& bytes, bool to_head);

// All calls throw std::runtime_error where something takes too long or is no answer.
class RawClient {
public:
    explicit RawClient(int port);  // on loopback, without TLS
    explicit RawClient(const http::Address& address);

    // Reads meanwhile what comes. Whether the other side still takes bytes.
    bool send(std::string_view bytes);
    // Goes on reading for so long.
    void pause(std::chrono::milliseconds time);
    void shut_writing();
    // Ends with a reset instead of a FIN.
    void reset();
    void close();
    // The next answer; nothing where the other side closed before one began.
    std::optional<Answer> next(bool to_head);
    // What has come and was not read as an answer.
    const std::string& unread() const { return in_; }

private:
    // Waits for one of `events`, reads what is there; the events that came.
    short step(short events, std::chrono::milliseconds patience);
    void receive();

    http::Channel channel_;
    std::string in_;
    bool ended_ = false;  // by the other side
};

}  // namespace shop::test
