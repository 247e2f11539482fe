#include "http/response_reader.hpp"

#include <algorithm>
#include <charconv>

#include "base/limits.hpp"

namespace shop::http {
namespace {

constexpr std::size_t kLineBytesMax = 1024;  // of a chunk's size or a trailer field
constexpr std::size_t kSizeDigitsMax = 8;    // hexadecimal; no chunk is that large

}  // namespace

Progress ResponseReader::feed(std::string_view bytes) {
    started_ = started_ || !bytes.empty();
    in_.append(bytes);
    while (state_ != State::done) {
        const Progress progress = step();
        if (progress != Progress::complete) return progress;
    }
    return Progress::complete;
}

Progress ResponseReader::refuse(std::string reason) {
    reason_ = std::move(reason);
    return Progress::refused;
}

Progress ResponseReader::step() {
    switch (state_) {
        case State::head:
            return read_head();
        case State::body:
            return read_body(State::done);
        case State::chunk:
            return read_body(State::chunk_end);
        default:
            return read_line();
    }
}

Progress ResponseReader::read_head() {
    HeadResult result = read_response_head(in_, response_, to_head_);
    if (result.progress == Progress::refused) return refuse(std::move(result.reason));
    if (result.progress == Progress::incomplete) return Progress::incomplete;
    in_.erase(0, result.head.bytes);
    if (response_.status < 200) return Progress::complete;
    head_ = result.head;
    missing_ = head_.content_length;
    if (missing_ > body_bytes_max_) return refuse("the answer is too large");
    state_ = head_.chunked ? State::chunk_size : State::body;
    return Progress::complete;
}

Progress ResponseReader::read_body(State next) {
    const std::size_t part = std::min(missing_, in_.size());
    response_.body.append(in_, 0, part);
    in_.erase(0, part);
    missing_ -= part;
    if (missing_ > 0) return Progress::incomplete;
    state_ = next;
    return Progress::complete;
}

Progress ResponseReader::read_line() {
    const auto end = in_.find("\r\n");
    // The longest line may have come with the first half of its line break.
    if (end == std::string::npos && in_.size() <= kLineBytesMax + 1) return Progress::incomplete;
    if (end > kLineBytesMax) return refuse("the answer has an overlong line between its chunks");
    const std::string line = in_.substr(0, end);
    in_.erase(0, end + 2);
    if (state_ == State::chunk_size) return read_chunk_size(line);
    if (state_ == State::chunk_end) {
        if (!line.empty()) return refuse("a chunk of the answer is longer than its size says");
        state_ = State::chunk_size;
    } else if (line.empty()) {
        state_ = State::done;
    } else if (++trailer_lines_ > limits::kHeadFieldsMax) {
        return refuse("the answer has too many trailer fields");
    }
    return Progress::complete;
}

Progress ResponseReader::read_chunk_size(std::string_view line) {
    const auto digits = line.substr(0, line.find(';'));
    const char* last = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), last, missing_, 16);
    if (parsed.ec != std::errc() || parsed.ptr != last || digits.size() > kSizeDigitsMax) {
        return refuse("a chunk of the answer has no valid size");
    }
    if (missing_ > body_bytes_max_ - response_.body.size()) {
        return refuse("the answer is too large");
    }
    state_ = missing_ == 0 ? State::trailer : State::chunk;
    return Progress::complete;
}

}  // namespace shop::http
