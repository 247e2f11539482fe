#include "storefrontd/art.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "storefrontd/art_motifs.hpp"

namespace shop::storefront {
namespace {

struct Colour {
    int red, green, blue;

    std::string text() const { return fmt::format("#{:02x}{:02x}{:02x}", red, green, blue); }
    bool is_pale() const { return red + green + blue > 660; }
    // Towards another one; 0: as it is, 100: the other.
    Colour towards(Colour other, int percent) const {
        const auto mix = [percent](int a, int b) { return a + (b - a) * percent / 100; };
        return {mix(red, other.red), mix(green, other.green), mix(blue, other.blue)};
    }
};

constexpr Colour kInk{74, 62, 54}, kPaper{255, 250, 240}, kWood{184, 138, 98};
constexpr Colour kGrounds[] = {{244, 223, 208}, {221, 232, 219}, {216, 229, 238}, {244, 230, 188},
                               {233, 221, 237}, {246, 217, 213}, {213, 232, 227}, {234, 225, 210}};
constexpr Colour kMains[] = {{198, 73, 62},  {63, 111, 143}, {79, 127, 95},  {214, 128, 146},
                             {221, 160, 62}, {122, 96, 148}, {190, 104, 70}, {66, 126, 134}};

struct NamedColour {
    std::string_view word;
    Colour colour;
};
constexpr NamedColour kNamed[] = {
    {"red", {200, 62, 56}},          {"reds", {200, 62, 56}},       {"blue", {66, 112, 160}},
    {"green", {84, 136, 98}},        {"pink", {221, 134, 152}},     {"yellow", {228, 178, 68}},
    {"white", {253, 247, 236}},      {"cream", {243, 229, 200}},    {"ivory", {245, 234, 210}},
    {"natural", {226, 208, 176}},    {"black", {66, 62, 66}},       {"chocolate", {116, 74, 52}},
    {"wooden", {198, 150, 104}},     {"wood", {198, 150, 104}},     {"wicker", {206, 166, 116}},
    {"gingerbread", {184, 128, 80}}, {"zinc", {160, 170, 176}},     {"silver", {176, 182, 188}},
    {"metal", {142, 154, 160}},      {"antique", {196, 178, 148}},  {"slate", {92, 102, 108}},
    {"glass", {164, 200, 204}},      {"strawberry", {208, 70, 76}}, {"apple", {190, 66, 60}},
};

struct Pattern {
    std::string_view words;
    int size;
    std::string_view shapes;  // "@p" and the other colours as in a motif
};
constexpr Pattern kPatterns[] = {
    {"retrospot,spotty,polkadot,fairy cake,dolly girl", 36,
     "<g fill='@p'><circle cx='9' cy='9' r='7'/><circle cx='27' cy='27' r='7'/></g>"},
    {"union,flag,jack", 60,
     "<path stroke='@p' stroke-width='16' d='M30 0v60M0 30h60'/><path stroke='@a' "
     "stroke-width='7' d='M30 0v60M0 30h60'/>"},
    {"gingham,apron,dog food", 32,
     "<path fill='@p' opacity='.45' d='M0 0h16v32H0z'/><path fill='@p' opacity='.45' d='M0 "
     "0h32v16H0z'/>"},
    {"stripe,stripey,scandinavian,traditional,enamel", 30, "<path fill='@p' d='M0 0h11v30H0z'/>"},
    {"heart,sweetheart,love", 44, "<path fill='@p' d='M22 16c5-10 20-4 0 16-20-20-5-26 0-16z'/>"},
    {"spaceboy,star,christmas,night", 46,
     "<path fill='@p' d='M23 10l4 8 9 1-7 6 2 9-8-4-8 4 2-9-7-6 9-1z'/>"},
    {"skull,robot,baroque,fancy", 34, "<path fill='@p' d='M17 5l12 12-12 12L5 17z'/>"},
    {"woodland,leaf,garden,suki,apples", 44,
     "<path fill='@p' d='M8 30q0-22 26-22 0 22-26 22z'/><path fill='@a' d='M30 40q0-10 12-10 0 "
     "10-12 10z'/>"},
    {"paisley,floral,doily,folk,rose,regency,vintage,flower,printed", 46,
     "<g fill='@p'><circle cx='23' cy='14' r='7'/><circle cx='32' cy='22' r='7'/><circle cx='28' "
     "cy='33' r='7'/><circle cx='18' cy='33' r='7'/><circle cx='14' cy='22' r='7'/></g><circle "
     "cx='23' cy='24' r='6' fill='@a'/>"},
};

// FNV-1a: the same on every machine.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ULL;
    return hash ^ (hash >> 29U);
}

// " red retrospot bowl ": small letters, one space around each word.
std::string plain(std::string_view text) {
    std::string out = " ";
    for (const char c : text) {
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool kept = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
        if (kept)
            out += small;
        else if (out.back() != ' ')
            out += ' ';
    }
    if (out.back() != ' ') out += ' ';
    return out;
}

// Whether the word, or its plural, stands in the plain text.
bool has_word(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        if (text[at - 1] != ' ') continue;  // there is one before the first word
        const auto rest = text.substr(at + word.size());
        if (rest.starts_with(' ') || rest.starts_with("s ") || rest.starts_with("es ")) return true;
    }
    return false;
}

bool has_any(std::string_view text, std::string_view words, bool second_choice = false) {
    for (auto word : split(words, ',')) {
        if (word.starts_with('~') != second_choice) continue;
        if (second_choice) word.remove_prefix(1);
        if (has_word(text, word)) return true;
    }
    return false;
}

const Motif& motif_of(std::string_view name, std::string_view category) {
    for (const auto text : {name, category})
        for (const bool second_choice : {false, true})
            for (const auto& motif : kMotifs)
                if (has_any(text, motif.words, second_choice)) return motif;
    return kGift;
}

// Colours by their letter in shapes.
struct Palette {
    Colour ground, main, second;
    bool has_pattern = false;

    std::string of(char letter) const {
        switch (letter) {
            case 'm':
                return has_pattern ? "url(#p)" : main.text();
            case 'c':
                return main.text();
            case 'd':
                return main.towards(kInk, 38).text();
            case 'l':
                return main.towards(kPaper, 45).text();
            case 'a':
                return second.text();
            case 'w':
                return kWood.text();
            case 'k':
                return kInk.text();
            default:
                return kPaper.text();
        }
    }
    std::string fill(std::string_view shapes) const {
        std::string out;
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            if (shapes[i] == '@')
                out += of(shapes[++i]);
            else
                out += shapes[i];
        }
        return out;
    }
};

Palette palette_of(std::string_view name, std::uint64_t hash) {
    const auto at = [&](const auto& list, unsigned shift) {
        return list[(hash >> shift) % std::size(list)];
    };
    Palette palette{at(kGrounds, 0), at(kMains, 8), at(kMains, 16)};
    for (const auto& [word, colour] : kNamed)
        if (has_word(name, word)) {
            palette.main = colour;
            break;
        }
    if (palette.second.text() == palette.main.text()) palette.second = {232, 186, 92};
    // Pale things are seen on a darker ground.
    if (palette.main.is_pale()) palette.ground = palette.ground.towards(kInk, 15);
    return palette;
}

const Pattern* pattern_of(std::string_view name, std::uint64_t hash) {
    for (const auto& pattern : kPatterns)
        if (has_any(name, pattern.words)) return &pattern;
    return (hash >> 24U) % 4 == 0 ? &kPatterns[(hash >> 32U) % std::size(kPatterns)] : nullptr;
}

std::string background(const Palette& palette, bool stands, std::uint64_t hash) {
    const std::string light =
        palette.ground.towards({255, 255, 255}, palette.main.is_pale() ? 22 : 50).text();
    const char* const behind[] = {"<circle cx='200' cy='206' r='160' fill='{}'/>",
                                  "<path fill='{}' d='M60 400V190q0-140 140-140t140 140v210z'/>",
                                  "<path fill='{}' d='M0 120q200-90 400 20v260H0z'/>"};
    std::string out = fmt::format("<path fill='{}' d='M0 0h400v400H0z'/>", palette.ground.text());
    out += fmt::format(fmt::runtime(behind[(hash >> 40U) % 3]), light);
    if (stands)
        out += fmt::format(
            "<path fill='{}' d='M0 322h400v78H0z'/><ellipse cx='200' cy='332' "
            "rx='126' ry='12' opacity='.14'/>",
            palette.ground.towards(kWood, 34).text());
    return out;
}

}  // namespace

std::string draw(std::string_view seed, std::string_view name, std::string_view category) {
    const std::string words = plain(name);
    const std::uint64_t hash = hash_of(seed);
    const Motif& motif = motif_of(words, plain(category));
    Palette palette = palette_of(words, hash);
    std::string out =
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 400' width='400' "
        "height='400'>";
    if (const Pattern* pattern = pattern_of(words, hash)) {
        // A pale pattern would not be seen on a pale thing.
        std::string shapes(pattern->shapes);
        for (auto at = shapes.find("@p"); at != shapes.npos; at = shapes.find("@p"))
            shapes[at + 1] = palette.main.is_pale() ? 'a' : 's';
        out += fmt::format(
            "<pattern id='p' width='{0}' height='{0}' "
            "patternUnits='userSpaceOnUse'><path fill='{1}' "
            "d='M0 0h{0}v{0}H0z'/>{2}</pattern>",
            pattern->size, palette.main.text(), palette.fill(shapes));
        palette.has_pattern = true;
    }
    out += background(palette, motif.stands, hash);
    out += palette.fill(motif.shapes);
    out += "</svg>";
    return out;
}

}  // namespace shop::storefront
