#include "base/json.hpp"

#include <fmt/format.h>
#include <cstdint>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace shop {
namespace {

// Walks the text and remembers how far the lexer got, since the handler is not told.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, const char** seen) : at_(at), seen_(seen) {}
    const char& operator*() const { return *at_; }
    CountingIterator& operator++() {
        *seen_ = ++at_;
        return *this;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

private:
    const char* at_;
    const char** seen_;
};

// nlohmann's reason without the part that repeats the input: "unexpected end of input; expected
// '}'".
std::string reason_of(const nlohmann::detail::exception& error) {
    if (error.id == 406) return "a number is out of range";
    std::string text = error.what();
    const auto dash = text.find(" - ");
    if (dash != std::string::npos) text.erase(0, dash + 3);
    const auto echo = text.find("; last read: ");
    if (echo != std::string::npos) text.erase(echo);
    return text;
}

// Builds the document from the parser's events and ends the parse at the first thing that is not
// allowed.
class Builder : public nlohmann::json_sax<Json> {
public:
    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(std::int64_t value) override { return add(value); }
    bool number_unsigned(std::uint64_t value) override {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return refuse("a number is out of range");
        return add(static_cast<std::int64_t>(value));
    }
    bool number_float(double value, const std::string& text) override {
        // An integer that does not fit comes here as a double: rounded, so not what was sent.
        if (text.find_first_of(".eE") == std::string::npos)
            return refuse("a number is out of range");
        return add(value);
    }
    bool string(std::string& value) override { return add(std::move(value)); }
    bool binary(Json::binary_t&) override { return refuse("binary values are not JSON"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(std::string& name) override {
        auto& members = open_.back()->get_ref<Json::object_t&>();
        for (const auto& member : members)
            if (member.first == name)
                return refuse(fmt::format("the key \"{}\" stands twice", shorten(name, 100)));
        if (members.size() == limits::kJsonMembersMax)
            return refuse(fmt::format("an object has over {} members", limits::kJsonMembersMax));
        members.emplace_back(std::move(name), nullptr);
        slot_ = &members.back().second;
        return true;
    }
    bool parse_error(std::size_t, const std::string&,
                     const nlohmann::detail::exception& error) override {
        return refuse(reason_of(error));
    }

    Json take() { return std::move(root_); }
    const std::string& reason() const { return reason_; }

private:
    bool refuse(std::string reason) {
        reason_ = std::move(reason);
        return false;
    }
    Json* place(Json&& value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        if (open_.back()->is_array()) {
            auto& items = open_.back()->get_ref<Json::array_t&>();
            return &items.emplace_back(std::move(value));
        }
        *slot_ = std::move(value);
        return slot_;
    }
    bool add(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json&& value) {
        if (open_.size() == limits::kJsonDepthMax)
            return refuse(fmt::format("nested deeper than {} levels", limits::kJsonDepthMax));
        open_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    Json root_;
    std::vector<Json*>
        open_;  // the containers around the current place; none grows while one in it is open
    Json* slot_ = nullptr;  // where the value of the last key goes
    std::string reason_;
};

Failure not_json(std::size_t byte, std::string_view reason) {
    return fail(Code::invalid_argument, fmt::format("not JSON, at byte {}: {}", byte, reason));
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) return not_json(0, "a byte order mark");
    // The lexer would take a zero byte for the end and never look at what follows.
    const auto zero = text.find('\0');
    if (zero != std::string_view::npos) return not_json(zero, "a zero byte");
    const char* seen = text.data();
    const CountingIterator first(text.data(), &seen);
    const CountingIterator last(text.data() + text.size(), &seen);
    Builder builder;
    if (!Json::sax_parse(first, last, &builder))
        return not_json(static_cast<std::size_t>(seen - text.data()), builder.reason());
    return builder.take();
}

std::string dump(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace shop
