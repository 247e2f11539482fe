// JSON from outside, held against nlohmann's own parser.
#include "base/json.hpp"

#include <set>
#include <string>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "input.hpp"

namespace shop {
namespace {

void check_value(const Json& value, std::size_t depth) {
    if (value.is_string()) assert(is_utf8(value.get_ref<const std::string&>()));
    if (!value.is_structured()) return;
    assert(depth < limits::kJsonDepthMax);
    if (value.is_array()) {
        for (const auto& item : value) check_value(item, depth + 1);
        return;
    }
    std::set<std::string_view> names;
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
        assert(is_utf8(name) && names.insert(name).second);
        check_value(member, depth + 1);
    }
    assert(names.size() <= limits::kJsonMembersMax);
}

// What our reader refuses although it is JSON.
void check_strictness(std::string_view text, const std::string& message) {
    if (!Json::accept(text)) return;
    static const std::vector<std::string> reasons = {"stands twice", "nested deeper than",
                                                     "members",      "byte order mark",
                                                     "out of range", "zero byte"};
    assert(std::ranges::any_of(reasons, [&](const std::string& reason) {
        return message.find(reason) != std::string::npos;
    }));
}

// A message says at which byte reading stopped.
void check_place(std::string_view text, std::string_view message) {
    constexpr std::string_view kStart = "not JSON, at byte ";
    assert(message.starts_with(kStart));
    message.remove_prefix(kStart.size());
    const auto byte = parse_int(message.substr(0, message.find(':')));
    assert(byte && static_cast<std::size_t>(*byte) <= text.size());
}

void check(std::string_view text) {
    const auto read = parse_json(text);
    if (!read) {
        const Error& error = read.error();
        assert(error.code == Code::invalid_argument && is_utf8(error.message));
        check_place(text, error.message);
        return check_strictness(text, error.message);
    }
    check_value(*read, 0);
    assert(*read == Json::parse(text));
    const std::string written = dump(*read);
    const auto again = parse_json(written);
    assert(again && *again == *read && dump(*again) == written);
}

}  // namespace
}  // namespace shop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    shop::check(shop::fuzz::text_of(data, size));
    return 0;
}
