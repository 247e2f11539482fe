#include "output/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/text.hpp"

namespace shop::cli {
namespace {

// Echo is off for as long as it lives.
class NoEcho {
public:
    NoEcho() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~NoEcho() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    termios before_{};
    bool changed_ = false;
};

std::int64_t steady_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

bool no_color_wanted() {
    const char* no_color = std::getenv("NO_COLOR");
    return no_color && *no_color;
}

bool is_dumb() {
    const char* term = std::getenv("TERM");
    return term && std::string_view(term) == "dumb";
}

std::string bar(std::uint64_t done, std::uint64_t total) {
    constexpr std::uint64_t width = 30;
    const std::uint64_t full = total ? std::min(width, done * width / total) : 0;
    return "[" + std::string(full, '#') + std::string(width - full, '.') + "] ";
}

}  // namespace

bool stdin_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }
bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

bool use_color() { return stdout_is_terminal() && !no_color_wanted() && !is_dumb(); }

Drawing drawing_on_stderr() {
    if (!stderr_is_terminal() || is_dumb()) return Drawing::none;
    return no_color_wanted() ? Drawing::plain : Drawing::color;
}

Result<std::string> read_secret(std::string_view prompt, std::string_view what) {
    std::string line;
    if (stdin_is_terminal()) {
        const NoEcho quiet;
        std::cerr << prompt << std::flush;
        std::getline(std::cin, line);
        std::cerr << "\n";
    } else {
        std::getline(std::cin, line);
    }
    if (line.empty())
        return fail(Code::invalid_argument,
                    "No " + std::string(what) +
                        " was given. Type it at the prompt, or pipe it to standard input.");
    return line;
}

Result<bool> ask_yes_no(std::string_view question) {
    if (!stdin_is_terminal())
        return fail(Code::failed_precondition,
                    "There is no terminal to ask at. Give --yes to go on without a question.");
    std::cerr << question << " [y/N] " << std::flush;
    std::string line;
    std::getline(std::cin, line);
    line = to_lower(trim(line));
    return line == "y" || line == "yes";
}

Progress::Progress(std::string label, bool enabled)
    : label_(std::move(label)), enabled_(enabled && stderr_is_terminal()) {}

Progress::~Progress() { finish(); }

void Progress::update(std::uint64_t done, std::uint64_t total) {
    if (!enabled_) return;
    const std::int64_t now = steady_ms();
    if (now - drawn_at_ms_ < 100) return;
    drawn_at_ms_ = now;
    const std::string of = total ? " of " + std::to_string(total) : "";
    std::cerr << "\r\033[K" << label_ << " " << (total ? bar(done, total) : "") << done << of
              << std::flush;
}

void Progress::finish() {
    if (enabled_ && drawn_at_ms_ != 0) std::cerr << "\r\033[K" << std::flush;
    enabled_ = false;
}

}  // namespace shop::cli
