#include "http/attacks/corpus.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/text.hpp"

namespace shop::test {
namespace {

std::size_t number_of(std::string_view text) {
    const auto number = parse_int(text);
    if (!number || *number < 0) wrong("\"" + std::string(text) + "\" is no number");
    return static_cast<std::size_t>(*number);
}

// Takes the escape off the start of `text`, which begins after the backslash.
char take_escape(std::string_view& text) {
    static const std::map<char, char> kNamed = {{'r', '\r'}, {'n', '\n'},  {'t', '\t'},
                                                {'0', '\0'}, {'\\', '\\'}, {'{', '{'}};
    if (text.starts_with('x') && text.size() >= 3) {
        const auto byte = percent_decode("%" + std::string(text.substr(1, 2)), false);
        if (!byte) wrong("\\x needs two hexadecimal digits");
        text.remove_prefix(3);
        return byte->front();
    }
    const auto named = text.empty() ? kNamed.end() : kNamed.find(text.front());
    if (named == kNamed.end()) wrong("unknown escape");
    text.remove_prefix(1);
    return named->second;
}

std::string unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        out += c == '\\' ? take_escape(text) : c;
    }
    return out;
}

// The first one that is not escaped.
std::size_t find_plain(std::string_view text, char wanted) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == wanted) return i;
        if (text[i] == '\\') ++i;
    }
    return std::string_view::npos;
}

Piece read_repeat(std::string_view text) {
    const auto star = text.rfind('*');
    if (star == std::string_view::npos) wrong("{TEXT*COUNT} has no *");
    return {unescape(text.substr(0, star)), number_of(text.substr(star + 1))};
}

std::vector<std::string_view> words_of(std::string_view text) {
    auto words = split(text, ' ');
    std::erase(words, "");
    return words;
}

void add_answers(std::string_view word, std::vector<Wanted>& answers) {
    const auto star = std::min(word.find('*'), word.size());
    const std::size_t count = star < word.size() ? number_of(word.substr(star + 1)) : 1;
    word = word.substr(0, star);
    Wanted wanted;
    wanted.to_head = word.ends_with('h');
    if (wanted.to_head) word.remove_suffix(1);
    for (const auto status : split(word, '|'))
        wanted.statuses.push_back(static_cast<int>(number_of(status)));
    answers.insert(answers.end(), count, wanted);
}

void add_bytes(Case& to, std::string_view line) {
    if (line.ends_with(' ')) wrong("a blank at the end cannot be seen; write \\x20");
    if (to.steps.empty() || to.steps.back().kind != Step::Kind::send)
        to.steps.push_back({Step::Kind::send});
    auto& pieces = to.steps.back().pieces;
    for (auto& piece : read_bytes(line)) pieces.push_back(std::move(piece));
}

void read_line(Case& to, std::string_view line) {
    static const std::map<std::string_view, Step::Kind> kSteps = {
        {"pause", Step::Kind::pause}, {"pace", Step::Kind::pace},   {"await", Step::Kind::await},
        {"shut", Step::Kind::shut},   {"reset", Step::Kind::reset}, {"leave", Step::Kind::leave}};
    if (line.starts_with("> ")) return add_bytes(to, line.substr(2));
    const auto blank = std::min(line.find(' '), line.size());
    const auto verb = line.substr(0, blank);
    const auto rest = trim(line.substr(blank));
    if (verb == "direct") {
        to.direct = read_expected(rest);
    } else if (verb == "proxy") {
        to.proxy = read_expected(rest);
    } else if (verb == "holds") {
        for (const auto word : words_of(rest)) to.holds.emplace_back(word);
    } else if (const auto step = kSteps.find(verb); step != kSteps.end()) {
        to.steps.push_back(
            {step->second, {}, rest.empty() ? 0 : static_cast<int>(number_of(rest))});
    } else {
        wrong("unknown word \"" + std::string(verb) + "\"");
    }
}

bool says_nothing(const Expected& expected) {
    return !expected.any && expected.answers.empty() && expected.end == Expected::End::either;
}

void check_whole(const Case& read) {
    if (read.steps.empty()) wrong("\"" + read.name + "\" does nothing");
    if (says_nothing(read.direct) || says_nothing(read.proxy))
        wrong("\"" + read.name + "\" needs a line direct and a line proxy");
}

void read_file(const std::filesystem::path& path, std::vector<Case>& cases) {
    std::ifstream in(path);
    const std::size_t first = cases.size();
    std::string line;
    int number = 0;
    try {
        while (std::getline(in, line)) {
            ++number;
            if (line.empty() || line.starts_with('#')) continue;
            if (line.starts_with("== ")) {
                if (cases.size() > first) check_whole(cases.back());
                cases.push_back({path.stem().string(), line.substr(3)});
            } else {
                if (cases.size() == first) wrong("no case has begun");
                read_line(cases.back(), line);
            }
        }
        if (cases.size() > first) check_whole(cases.back());
    } catch (const std::runtime_error& error) {
        wrong(path.filename().string() + ":" + std::to_string(number) + ": " + error.what());
    }
}

}  // namespace

bool Case::half_closes() const {
    return std::ranges::any_of(steps, [](const Step& s) { return s.kind == Step::Kind::shut; });
}

std::vector<Piece> read_bytes(std::string_view line) {
    std::vector<Piece> pieces;
    while (!line.empty()) {
        const auto open = std::min(find_plain(line, '{'), line.size());
        if (open > 0) pieces.push_back({unescape(line.substr(0, open))});
        line.remove_prefix(open);
        if (line.empty()) break;
        const auto close = find_plain(line, '}');
        if (close == std::string_view::npos) wrong("{ has no }");
        pieces.push_back(read_repeat(line.substr(1, close - 1)));
        line.remove_prefix(close + 1);
    }
    return pieces;
}

Expected read_expected(std::string_view text) {
    static const std::map<std::string_view, Expected::End> kEnds = {
        {"open", Expected::End::open},
        {"close", Expected::End::close},
        {"either", Expected::End::either},
        {"gone", Expected::End::gone}};
    if (text == "any") return {.any = true};
    auto words = words_of(text);
    if (words.empty() || !kEnds.contains(words.back())) {
        wrong("an expectation is \"any\", or ends in open, close, either or gone");
    }
    Expected expected;
    expected.end = kEnds.at(words.back());
    words.pop_back();
    for (const auto word : words) add_answers(word, expected.answers);
    return expected;
}

std::vector<Case> read_corpus(const std::filesystem::path& folder) {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".txt") files.insert(entry.path());
    std::vector<Case> cases;
    for (const auto& file : files) read_file(file, cases);
    return cases;
}

}  // namespace shop::test
