// The corpus of raw requests: cases/*.txt, described in cases/README.md, as values.
//
// Thread safety: values and free functions without shared state.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace shop::test {

// Ends a case: its file, or what was answered, is not as it has to be.
[[noreturn]] inline void wrong(const std::string& why) { throw std::runtime_error(why); }

// A text and how often it is repeated: what is huge on the wire is small here.
struct Piece {
    std::string text;
    std::size_t count = 1;
};

struct Step {
    enum class Kind { send, pause, pace, await, shut, reset, leave };
    Kind kind;
    std::vector<Piece> pieces = {};  // send
    int number = 0;                  // milliseconds of pause and pace; answers of await
};

// One answer that has to come.
struct Wanted {
    std::vector<int> statuses;  // any of these
    bool to_head = false;       // has no body, whatever its length says
};

struct Expected {
    enum class End {
        open,    // the connection serves a further request
        close,   // it is closed
        either,  // one of these
        gone,    // the client leaves: nothing more is seen
    };
    bool any = false;  // one answer of any status or none, then `either`
    std::vector<Wanted> answers = {};
    End end = End::either;
};

struct Case {
    std::string file;  // without folder and extension
    std::string name;
    std::vector<Step> steps = {};
    std::vector<std::string> holds = {};  // the n-th answer's body holds the n-th text
    Expected direct = {};
    Expected proxy = {};

    bool half_closes() const;
};

// All cases of a folder's .txt files, in order of file and line. Throws std::runtime_error, with
// file and line, where one is not well-formed.
std::vector<Case> read_corpus(const std::filesystem::path& folder);
// One line of bytes: C-style escapes and {TEXT*COUNT}.
std::vector<Piece> read_bytes(std::string_view line);
// "404*2 200|405h close"
Expected read_expected(std::string_view text);

}  // namespace shop::test
