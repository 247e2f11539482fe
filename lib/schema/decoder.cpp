#include "schema/decoder.hpp"

#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "schema/check.hpp"

namespace shop::schema {
namespace {

constexpr std::size_t kErrorsMax = 20;       // more help nobody and make long answers
constexpr std::size_t kErrorsInMessage = 3;  // the others are in `fields`
constexpr std::size_t kNameBytesMax = 100;  // of what a client called a field, when we call it back
constexpr std::size_t kKnownBytesMax = 200;

std::string escape_pointer(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::string unknown_message(const StructType& type) {
    std::vector<std::string_view> known;
    for (const Field& field : type.fields)
        if (!field.read_only) known.push_back(field.name);
    if (known.empty()) return "unknown field; none can be set";
    return "unknown field; known are: " +
           shorten(fmt::format("{}", fmt::join(known, ", ")), kKnownBytesMax);
}

bool is_int64(const Json& json) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (json.is_number_unsigned()) return json.get_ref<const Json::number_unsigned_t&>() <= kMax;
    return json.is_number_integer();
}

}  // namespace

void Decoder::structure(const Json& json, const StructType& type, void* object, const Place* at) {
    if (!json.is_object()) return add_error(at, "must be a JSON object");
    for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
        const Place here{at, name, 0};
        if (full()) return;
        if (const Field* field = writable(type, name, here))
            value(member, *field, *field->type, field->get(object), here);
    }
    if (mode_ == Mode::input) check_required(json, type, at);
}

void Decoder::patch(const Json& json, const StructType& type, void* object, const Place* at) {
    if (!json.is_object()) return add_error(at, "must be a JSON object");
    for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
        const Place here{at, name, 0};
        if (full()) return;
        if (const Field* field = writable(type, name, here))
            patch_field(member, *field, object, here);
    }
}

void Decoder::patch_field(const Json& json, const Field& field, void* object, const Place& at) {
    if (json.is_null() && field.type->kind() != Type::Kind::any) {
        if (field.required) return add_error(&at, "is required and cannot be removed");
        return field.reset(object);
    }
    const Type* type = field.type;
    void* target = field.get(object);
    if (type->kind() == Type::Kind::optional && type->size(target) == 1) {
        target = const_cast<void*>(type->item(target, 0));
        type = type->inner();
    }
    // A list and what was not there before are replaced whole.
    if (type->kind() == Type::Kind::structure)
        patch(json, *type->structure(), target, &at);
    else
        value(json, field, *type, target, at);
}

const Field* Decoder::writable(const StructType& type, std::string_view name, const Place& at) {
    const Field* field = type.find(name);
    if (mode_ == Mode::stored) return field;
    if (field == nullptr)
        add_error(&at, unknown_message(type));
    else if (field->read_only)
        add_error(&at, "is set by the service; leave it out");
    else
        return field;
    return nullptr;
}

void Decoder::check_required(const Json& json, const StructType& type, const Place* at) {
    for (const Field& field : type.fields) {
        if (!field.required || field.read_only || json.contains(field.name)) continue;
        const Place here{at, field.name, 0};
        add_error(&here, "is required");
    }
}

void Decoder::value(const Json& json, const Field& field, const Type& type, void* target,
                    const Place& at, bool in_list) {
    switch (type.kind()) {
        case Type::Kind::string:
            return text(json, field, target, at, in_list);
        case Type::Kind::integer:
            return integer(json, field, target, at);
        case Type::Kind::time:
            return time(json, target, at);
        case Type::Kind::structure:
            return structure(json, *type.structure(), target, &at);
        case Type::Kind::list:
            return list(json, field, type, target, at);
        case Type::Kind::any:
            *static_cast<Json*>(target) = json;
            return;
        case Type::Kind::boolean:
            if (!json.is_boolean()) return add_error(&at, "must be true or false");
            *static_cast<bool*>(target) = json.get<bool>();
            return;
        case Type::Kind::optional:
            type.clear(target);
            if (!json.is_null())
                value(json, field, *type.inner(), type.grow(target), at, in_list);
            else if (field.required && mode_ == Mode::input)
                add_error(&at, "is required");
            return;
    }
}

void Decoder::text(const Json& json, const Field& field, void* target, const Place& at,
                   bool in_list) {
    if (!json.is_string()) return add_error(&at, "must be a string");
    const auto& text = json.get_ref<const std::string&>();
    if (mode_ == Mode::input)
        if (auto wrong = check_text(field, text, in_list)) return add_error(&at, std::move(*wrong));
    *static_cast<std::string*>(target) = text;
}

void Decoder::integer(const Json& json, const Field& field, void* target, const Place& at) {
    if (!is_int64(json)) return add_error(&at, "must be a whole number");
    const auto number = json.get<std::int64_t>();
    if (mode_ == Mode::input)
        if (auto wrong = check_integer(field, number)) return add_error(&at, std::move(*wrong));
    *static_cast<std::int64_t*>(target) = number;
}

void Decoder::time(const Json& json, void* target, const Place& at) {
    if (!json.is_string()) return add_error(&at, "must be a string with a time");
    auto time = parse_time(json.get_ref<const std::string&>());
    if (!time) return add_error(&at, std::move(time.error().message));
    *static_cast<Time*>(target) = *time;
}

void Decoder::list(const Json& json, const Field& field, const Type& type, void* target,
                   const Place& at) {
    if (!json.is_array()) return add_error(&at, "must be a list");
    // The count first: a list that is too long is not read at all.
    if (mode_ == Mode::input)
        if (auto wrong = check_count(field, json.size())) return add_error(&at, std::move(*wrong));
    type.clear(target);
    std::size_t index = 0;
    for (const Json& item : json) {
        if (full()) return;
        const Place here{&at, {}, index++};
        value(item, field, *type.inner(), type.grow(target), here, true);
    }
}

std::string Decoder::pointer_to(const Place* at) const {
    if (at == nullptr) return {};
    if (at->parent == nullptr && names_ == Names::bare) return shorten(at->name, kNameBytesMax);
    const std::string step = at->name.data() == nullptr
                                 ? std::to_string(at->index)
                                 : escape_pointer(shorten(at->name, kNameBytesMax));
    return pointer_to(at->parent) + '/' + step;
}

bool Decoder::full() const { return errors_.size() >= kErrorsMax; }

void Decoder::add_error(const Place* at, std::string message) {
    if (!full()) errors_.push_back({pointer_to(at), std::move(message)});
}

Result<void> Decoder::result() && {
    if (errors_.empty()) return {};
    std::string message;
    if (errors_.size() > 1)
        message = fmt::format("{}{} fields are wrong: ", full() ? "at least " : "", errors_.size());
    for (std::size_t i = 0; i < errors_.size() && i < kErrorsInMessage; ++i) {
        if (i > 0) message += "; ";
        if (!errors_[i].pointer.empty()) message += errors_[i].pointer + ": ";
        message += errors_[i].message;
    }
    if (errors_.size() > kErrorsInMessage) message += "; …";
    return tl::make_unexpected(
        Error{Code::invalid_argument, std::move(message), std::move(errors_)});
}

}  // namespace shop::schema
