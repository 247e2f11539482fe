#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "schema/codec.hpp"

namespace shop::schema {
namespace {

// Calls `visit(field, value)` for what the JSON of an object carries, in the table's order.
template <class Visit>
void for_each_member(const StructType& type, const void* object, const Visit& visit) {
    for (const Field& field : type.fields) {
        if (field.write_only) continue;
        // `get` only adds an offset; nothing is written through the pointer.
        const void* value = field.get(const_cast<void*>(object));
        const bool empty =
            field.type->kind() == Type::Kind::optional && field.type->size(value) == 0;
        if (!empty) visit(field, value);
    }
}

Json encode_value(const Type& type, const void* value) {
    switch (type.kind()) {
        case Type::Kind::string:
            return *static_cast<const std::string*>(value);
        case Type::Kind::integer:
            return *static_cast<const std::int64_t*>(value);
        case Type::Kind::boolean:
            return *static_cast<const bool*>(value);
        case Type::Kind::time:
            return format_time(*static_cast<const Time*>(value));
        case Type::Kind::any:
            return *static_cast<const Json*>(value);
        case Type::Kind::structure:
            return encode_from(*type.structure(), value);
        case Type::Kind::optional:
            if (type.size(value) == 0) return nullptr;
            return encode_value(*type.inner(), type.item(value, 0));
        case Type::Kind::list:
            break;
    }
    Json items = Json::array();
    for (std::size_t i = 0; i < type.size(value); ++i)
        items.push_back(encode_value(*type.inner(), type.item(value, i)));
    return items;
}

// The same straight to text, without a document between: this is on the way of every write and
// every answer.
class Writer {
public:
    void object(const StructType& type, const void* object) {
        char before = '{';
        for_each_member(type, object, [&](const Field& field, const void* member) {
            out_ += before;
            before = ',';
            text(field.name);
            out_ += ':';
            value(*field.type, member);
        });
        if (before == '{') out_ += '{';
        out_ += '}';
    }
    std::string take() { return std::move(out_); }

private:
    void value(const Type& type, const void* value) {
        switch (type.kind()) {
            case Type::Kind::string:
                return text(*static_cast<const std::string*>(value));
            case Type::Kind::integer:
                out_ += fmt::format_int(*static_cast<const std::int64_t*>(value)).c_str();
                return;
            case Type::Kind::boolean:
                out_ += *static_cast<const bool*>(value) ? "true" : "false";
                return;
            case Type::Kind::time:
                return text(format_time(*static_cast<const Time*>(value)));
            case Type::Kind::any:
                out_ += dump(*static_cast<const Json*>(value));
                return;
            case Type::Kind::structure:
                return object(*type.structure(), value);
            case Type::Kind::list:
                return list(type, value);
            case Type::Kind::optional:
                if (type.size(value) == 0)
                    out_ += "null";
                else
                    this->value(*type.inner(), type.item(value, 0));
                return;
        }
    }
    void list(const Type& type, const void* list) {
        out_ += '[';
        for (std::size_t i = 0; i < type.size(list); ++i) {
            if (i > 0) out_ += ',';
            value(*type.inner(), type.item(list, i));
        }
        out_ += ']';
    }
    void text(const std::string& text) {
        const auto plain = [](unsigned char c) {
            return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
        };
        if (!std::ranges::all_of(text, plain)) {
            // Escapes and all that is not ASCII: rare enough to leave to the library.
            out_ += dump(text);
            return;
        }
        out_ += '"';
        out_ += text;
        out_ += '"';
    }

    std::string out_;
};

}  // namespace

Json encode_from(const StructType& type, const void* object) {
    Json json = Json::object();
    for_each_member(type, object, [&](const Field& field, const void* value) {
        json.push_back({field.name, encode_value(*field.type, value)});
    });
    return json;
}

std::string encode_text_from(const StructType& type, const void* object) {
    Writer writer;
    writer.object(type, object);
    return writer.take();
}

}  // namespace shop::schema
