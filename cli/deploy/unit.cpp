#include "deploy/unit.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/text.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDropInMark = "#:drop-in ";
constexpr std::string_view kUnitHead =
    "# Written by `shopctl deploy`. What is changed here by hand, `shopctl deploy status` calls "
    "drift;\n# your own settings of this unit belong into a drop-in (systemctl edit), which the "
    "next release has in it.\n";
constexpr std::size_t kUnitBytesMax = 256 * 1024;

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/").find(c) != std::string_view::npos;
}

// A dash, or another of systemd's prefixes, may stand before a path, but no part of a path.
bool may_precede(char c) { return c == '-' || !is_plain(c); }

// Each place where the path stands by itself.
std::vector<std::size_t> places_of(std::string_view text, std::string_view path) {
    std::vector<std::size_t> out;
    for (auto at = text.find(path); at != std::string_view::npos; at = text.find(path, at + 1)) {
        const auto end = at + path.size();
        if ((at == 0 || may_precede(text[at - 1])) && (end == text.size() || !is_plain(text[end])))
            out.push_back(at);
    }
    return out;
}

std::string replaced(std::string text, std::string_view path, std::string_view by) {
    const auto places = places_of(text, path);
    for (auto at = places.rbegin(); at != places.rend(); ++at) text.replace(*at, path.size(), by);
    return text;
}

std::string with_line_feed(std::string_view text) {
    std::string out(text);
    if (!out.empty() && out.back() != '\n') out += '\n';
    return out;
}

// Of a line "Key=value"; empty where it sets something else.
std::string_view value_in(std::string_view line, std::string_view key) {
    line = trim(line);
    if (!line.starts_with(key)) return {};
    line = trim(line.substr(key.size()));
    return line.starts_with('=') ? trim(line.substr(1)) : std::string_view();
}

bool is_credential_line(std::string_view line, std::string_view name) {
    for (const std::string_view key : {"LoadCredential", "LoadCredentialEncrypted"}) {
        const auto value = value_in(line, key);
        if (value.substr(0, value.find(':')) == name && !value.empty()) return true;
    }
    return false;
}

// Puts the line that loads the credential in place of the unit's own, which does not know whether
// it is encrypted, or at the beginning of [Service].
std::string with_credential(std::string_view unit, const std::string& service,
                            const UnitCredential& credential) {
    const std::string ours = std::string("LoadCredential") +
                             (credential.encrypted ? "Encrypted=" : "=") + credential.name +
                             ":shop-" + service + '.' + credential.name + '\n';
    std::string out;
    bool done = false;
    if (unit.ends_with('\n')) unit.remove_suffix(1);
    for (const auto line : split(unit, '\n')) {
        if (is_credential_line(line, credential.name)) {
            if (!done) out += ours;
            done = true;
        } else {
            out += std::string(line) + '\n';
        }
    }
    if (done) return out;
    constexpr std::string_view kService = "[Service]\n";
    const auto at = out.find(kService);
    return at == std::string::npos ? out : out.insert(at + kService.size(), ours);
}

// systemd would read more than a path in others: a blank, a quote, a "%".
Result<void> check_path(const fs::path& path) {
    if (path.is_absolute() && std::ranges::all_of(path.native(), is_plain)) return {};
    return fail(Code::invalid_argument,
                "The folder `state` must be a path of letters, digits and . _ - / alone, not " +
                    path.string() + ": it stands in units.");
}

Result<void> check_text(const UnitText& text, const std::string& program,
                        const std::string& settings, const std::string& service) {
    const std::string start = unit_value(text.unit, "ExecStart");
    if (places_of(start, program).empty() || places_of(text.unit, settings).empty())
        return fail(Code::invalid_argument,
                    "The unit of shop-" + service + " must start " + program + " with " + settings +
                        ", in whose place the release's own are put; its ExecStart= is \"" +
                        shorten(start, 200) +
                        "\". Give the package's unit as `unit` in deploy.yaml.");
    for (const DropIn& drop_in : text.drop_ins)
        for (const auto& path : {program, settings})
            if (!places_of(drop_in.text, path).empty())
                return fail(Code::invalid_argument,
                            "The drop-in " + drop_in.name + " of shop-" + service + " names " +
                                path +
                                ", which is not what a release runs. Remove that line, or "
                                "put it into a unit of your own (`unit` in deploy.yaml).");
    return {};
}

}  // namespace

std::string join_unit(const UnitText& text) {
    std::string out = with_line_feed(text.unit);
    for (const DropIn& drop_in : text.drop_ins)
        out += std::string(kDropInMark) + drop_in.name + '\n' + with_line_feed(drop_in.text);
    return out;
}

UnitText split_unit(std::string_view object) {
    UnitText out;
    std::string* into = &out.unit;
    while (!object.empty()) {
        const auto end = std::min(object.find('\n'), object.size() - 1) + 1;
        const auto line = object.substr(0, end);
        object.remove_prefix(end);
        if (line.starts_with(kDropInMark)) {
            out.drop_ins.push_back({std::string(trim(line.substr(kDropInMark.size()))), {}});
            into = &out.drop_ins.back().text;
        } else {
            *into += line;
        }
    }
    return out;
}

Result<std::vector<DropIn>> read_drop_ins(const fs::path& folder) {
    std::vector<DropIn> out;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
        if (entry.path().extension() != ".conf" || !entry.is_regular_file(none)) continue;
        SHOP_TRY(text, read_file(entry.path(), kUnitBytesMax));
        out.push_back({entry.path().filename(), with_line_feed(text)});
    }
    std::ranges::sort(out, {}, &DropIn::name);
    return out;
}

Result<UnitText> render_unit(const UnitText& text, const UnitParts& parts) {
    const std::string program = "/usr/bin/shop-" + parts.service;
    const std::string settings = "/etc/shop/" + parts.service + ".toml";
    SHOP_CHECK(check_path(parts.binary));
    SHOP_CHECK(check_path(parts.settings));
    SHOP_CHECK(check_text(text, program, settings, parts.service));
    UnitText out = text;
    out.unit = replaced(std::move(out.unit), program, parts.binary.native());
    out.unit = replaced(std::move(out.unit), settings, parts.settings.native());
    for (const UnitCredential& credential : parts.credentials)
        out.unit = with_credential(out.unit, parts.service, credential);
    out.unit = std::string(kUnitHead) + out.unit;
    return out;
}

bool is_rendered(std::string_view unit) {
    return unit.substr(0, unit.find('.')) == kUnitHead.substr(0, kUnitHead.find('.'));
}

std::string unit_value(std::string_view unit, std::string_view key) {
    std::string_view last;
    for (const auto line : split(unit, '\n'))
        if (const auto value = value_in(line, key); !value.empty()) last = value;
    return std::string(last);
}

}  // namespace shop::cli::deploy
