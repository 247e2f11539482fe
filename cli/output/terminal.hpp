// The terminal: whether there is one, colour, questions, a progress bar.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace shop::cli {

bool stdin_is_terminal();
bool stdout_is_terminal();
bool stderr_is_terminal();
// On stdout: a terminal, NO_COLOR unset or empty (no-color.org), TERM not "dumb".
bool use_color();
// What can be drawn on stderr: nothing where it is no terminal or TERM is "dumb"; without colours
// where NO_COLOR says so.
enum class Drawing { none, plain, color };
Drawing drawing_on_stderr();

// Without echo where standard input is a terminal; else one line of it. `what` it is ("password")
// stands in the error for an empty one.
Result<std::string> read_secret(std::string_view prompt, std::string_view what);
// y or yes. failed_precondition where standard input is no terminal.
Result<bool> ask_yes_no(std::string_view question);

// A line on stderr that is drawn over, at most ten times a second; nothing where stderr is no
// terminal.
class Progress {
public:
    explicit Progress(std::string label, bool enabled);
    ~Progress();
    // `total` 0: unknown.
    void update(std::uint64_t done, std::uint64_t total);
    void finish();

private:
    std::string label_;
    bool enabled_;
    std::int64_t drawn_at_ms_ = 0;
};

}  // namespace shop::cli
