#include "events/differences.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace shop::events {
namespace {

constexpr std::size_t kMembersMax = 50;
constexpr std::size_t kCodePointsMax = 200;
constexpr const char* kHidden = "hidden";
constexpr std::array kNoise = {"version", "updated_at"};
// Parts of names. A field that may not be seen is write-only in its table and so never encoded:
// this is for what somebody adds without thinking of it.
constexpr std::array kSecret = {"password", "passphrase", "secret",  "hash",
                                "token",    "totp",       "recovery"};

bool is_secret(std::string_view name) {
    const std::string lower = to_lower(name);
    return lower == "key" || lower.ends_with("_key") ||
           std::ranges::any_of(
               kSecret, [&](const char* part) { return lower.find(part) != std::string::npos; });
}

// A number or a boolean is never empty.
bool is_none(const Json& value) { return value.empty() || value == ""; }

std::string cut(const std::string& text) {
    std::size_t points = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
        if (begins && ++points > kCodePointsMax) return text.substr(0, i) + "…";
    }
    return text;
}

// Without secrets, however deep they are.
Json without_secrets(const Json& value) {
    Json out = value;
    if (value.is_object())
        for (const auto& [name, member] : value.items())
            out[name] = is_secret(name) ? Json(kHidden) : without_secrets(member);
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) out[i] = without_secrets(value[i]);
    return out;
}

Json shown(const Json& value) {
    if (value.is_string()) return cut(value.get<std::string>());
    if (!value.is_structured()) return value;
    Json clean = without_secrets(value);
    const std::string text = dump(clean);
    return utf8_length(text) <= kCodePointsMax ? std::move(clean) : Json(cut(text));
}

const Json& member_of(const Json& document, const std::string& name) {
    static const Json none;
    const auto at = document.is_object() ? document.find(name) : document.end();
    return at == document.end() ? none : *at;
}

bool is_object_or_null(const Json& value) { return value.is_object() || value.is_null(); }

void compare(const Json& before, const Json& after, const std::string& prefix, Json& out);

void compare_member(const std::string& name, const Json& from, const Json& to,
                    const std::string& prefix, Json& out) {
    if (from == to || (is_none(from) && is_none(to))) return;
    if (is_secret(name))
        out[prefix + name] = {{"from", kHidden}, {"to", kHidden}};
    else if (is_object_or_null(from) && is_object_or_null(to))
        compare(from, to, prefix + name + ".", out);
    else if (std::ranges::find(kNoise, name) == kNoise.end())
        out[prefix + name] = {{"from", shown(from)}, {"to", shown(to)}};
}

void compare(const Json& before, const Json& after, const std::string& prefix, Json& out) {
    for (const Json* document : {&before, &after}) {
        if (!document->is_object()) continue;
        for (const auto& [name, value] : document->items()) {
            if (out.size() >= kMembersMax) return;
            const bool seen = document == &after && before.is_object() && before.contains(name);
            if (!seen)
                compare_member(name, member_of(before, name), member_of(after, name), prefix, out);
        }
    }
}

}  // namespace

Json differences(const Json& before, const Json& after) {
    Json out = Json::object();
    compare(before, after, "", out);
    return out;
}

}  // namespace shop::events
