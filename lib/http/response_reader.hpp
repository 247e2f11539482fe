// Reads one response from the bytes of a connection: head, then a body by its length or in chunks.
// Interim responses (1xx) are skipped.
//
// Thread safety: none; one reader a response.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/wire.hpp"

namespace shop::http {

class ResponseReader {
public:
    // `to_head`: the request was a HEAD, so no body follows whatever the head says.
    ResponseReader(bool to_head, std::size_t body_bytes_max)
        : to_head_(to_head), body_bytes_max_(body_bytes_max) {}

    Progress feed(std::string_view bytes);

    bool started() const { return started_; }
    // Where complete: whether the connection can carry a further request.
    bool keep_alive() const { return head_.keep_alive && in_.empty(); }
    const std::string& reason() const { return reason_; }  // where refused
    Response& response() { return response_; }

private:
    enum class State { head, body, chunk_size, chunk, chunk_end, trailer, done };

    // Each does what the state asks for; complete: the next state is set.
    Progress step();
    Progress read_head();
    Progress read_body(State next);
    Progress read_chunk_size(std::string_view line);
    Progress read_line();
    Progress refuse(std::string reason);

    const bool to_head_;
    const std::size_t body_bytes_max_;
    State state_ = State::head;
    std::string in_;           // received and not yet read
    std::size_t missing_ = 0;  // bytes of the body or of the chunk
    std::size_t trailer_lines_ = 0;
    bool started_ = false;
    Head head_;
    Response response_;
    std::string reason_;
};

}  // namespace shop::http
