#include "http/attacks/raw_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/text.hpp"
#include "http/attacks/corpus.hpp"
#include "http/exchange.hpp"

namespace shop::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kNeverInField("\r\n\0", 3);
constexpr auto kPatience = 20s;  // far above every deadline of the daemon and the proxy

std::string start_of(std::string_view text) { return std::string(text.substr(0, 120)); }

int status_of(std::string_view line) {
    const bool version = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
    const auto status = version && line.size() >= 13 && line[12] == ' '
                            ? parse_int(line.substr(9, 3)).value_or(0)
                            : 0;
    if (status < 100 || status > 599) wrong("no status line: " + start_of(line));
    return static_cast<int>(status);
}

void read_field(std::string_view line, Answer& answer) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos ||
        line.find_first_of(kNeverInField) != std::string_view::npos)
        wrong("no field: " + start_of(line));
    const std::string name = to_lower(line.substr(0, colon));
    if (name == "content-length" && answer.fields.contains(name)) wrong("two lengths");
    answer.fields[name] = line.substr(colon + 2);
}

std::size_t body_bytes(const Answer& answer, bool to_head) {
    if (answer.fields.contains("transfer-encoding")) wrong("an answer in chunks");
    if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) return 0;
    const auto length = parse_int(answer.field("content-length"));
    if (!length || *length < 0) wrong("an answer without a length");
    return static_cast<std::size_t>(*length);
}

}  // namespace

std::optional<Answer> take_answer(std::string& bytes, bool to_head) {
    constexpr std::string_view kStart = "HTTP/1.";
    const auto known = std::min(bytes.size(), kStart.size());
    if (bytes.compare(0, known, kStart, 0, known) != 0) wrong("no answer: " + start_of(bytes));
    const auto head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) return std::nullopt;
    Answer answer;
    std::string_view head = std::string_view(bytes).substr(0, head_end + 2);
    while (!head.empty()) {
        const auto line = head.substr(0, head.find("\r\n"));
        if (answer.status == 0)
            answer.status = status_of(line);
        else
            read_field(line, answer);
        head.remove_prefix(line.size() + 2);
    }
    const auto length = body_bytes(answer, to_head);
    if (bytes.size() - head_end - 4 < length) return std::nullopt;
    answer.body = bytes.substr(head_end + 4, length);
    bytes.erase(0, head_end + 4 + length);
    return answer;
}

namespace {

http::Address loopback(int port) {
    auto address = http::parse_address("http://127.0.0.1:" + std::to_string(port));
    if (!address) wrong(address.error().message);
    return *std::move(address);
}

}  // namespace

RawClient::RawClient(int port) : RawClient(loopback(port)) {}

RawClient::RawClient(const http::Address& address) {
    auto channel = http::connect(address, Clock::now() + kPatience);
    if (!channel) wrong(channel.error().message);
    channel_ = *std::move(channel);
}

short RawClient::step(short events, std::chrono::milliseconds patience) {
    pollfd entry{channel_.fd(), static_cast<short>(ended_ ? events & ~POLLIN : events), 0};
    if (::poll(&entry, 1, static_cast<int>(patience.count())) <= 0) return 0;
    if ((entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive();
    return entry.revents;
}

// All that is there: what TLS has decrypted already, no poll tells.
void RawClient::receive() {
    std::array<char, 64 * 1024> buffer;
    while (!ended_) {
        const auto count = channel_.receive(buffer.data(), buffer.size());
        if (count < 0 && errno == EAGAIN) return;
        if (count > 0)
            in_.append(buffer.data(), static_cast<std::size_t>(count));
        else
            ended_ = true;
    }
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        if (step(POLLIN | POLLOUT, kPatience) == 0) wrong("the other side takes no more bytes");
        const auto count = channel_.send(bytes);
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EAGAIN)
            return false;
    }
    return true;
}

void RawClient::pause(std::chrono::milliseconds time) {
    const auto end = Clock::now() + time;
    for (auto now = Clock::now(); now < end && !ended_; now = Clock::now())
        step(POLLIN, std::chrono::ceil<std::chrono::milliseconds>(end - now));
}

void RawClient::shut_writing() { channel_.shut_writing(); }

void RawClient::reset() {
    const linger at_once{1, 0};
    ::setsockopt(channel_.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void RawClient::close() { channel_ = http::Channel(); }

std::optional<Answer> RawClient::next(bool to_head) {
    const auto end = Clock::now() + kPatience;
    while (true) {
        if (!in_.empty()) {
            if (auto answer = take_answer(in_, to_head)) return answer;
        }
        if (ended_) break;
        if (Clock::now() >= end) wrong("neither an answer nor a close in time");
        step(POLLIN, kPatience);
    }
    if (!in_.empty()) wrong("closed in the middle of an answer: " + start_of(in_));
    return std::nullopt;
}

}  // namespace shop::test
