#include <fmt/format.h>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "schema/codec.hpp"
#include "schema/decoder.hpp"

namespace shop::schema {
namespace {

Result<void> read_stored(std::string_view text, const StructType& type, void* object) {
    SHOP_TRY(json, parse_json(text));
    return decode_into(json, type, Mode::stored, object);
}

// Numbers and booleans in a text become what they stand for; where they do not, the text stays and
// the decoder says what it should have been.
Json typed(const std::string& text, const Type& type) {
    switch (type.kind()) {
        case Type::Kind::optional:
            return typed(text, *type.inner());
        case Type::Kind::integer:
            if (const auto number = parse_int(text)) return *number;
            return text;
        case Type::Kind::boolean:
            if (text == "true" || text == "false") return text == "true";
            return text;
        default:
            return text;
    }
}

}  // namespace

Result<void> decode_into(const Json& json, const StructType& type, Mode mode, void* object) {
    Decoder decoder(mode);
    decoder.structure(json, type, object, nullptr);
    return std::move(decoder).result();
}

Result<void> merge_patch_into(const StructType& type, const Json& patch, void* object) {
    Decoder decoder(Mode::input);
    decoder.patch(patch, type, object, nullptr);
    return std::move(decoder).result();
}

Result<void> decode_pairs_into(const Pairs& pairs, const StructType& type, void* object) {
    if (pairs.size() > limits::kJsonMembersMax)
        return fail(Code::invalid_argument,
                    fmt::format("there are over {} fields", limits::kJsonMembersMax));
    Decoder decoder(Mode::input, Decoder::Names::bare);
    Json json = Json::object();
    for (const auto& [name, text] : pairs) {
        const Place here{nullptr, name, 0};
        if (json.contains(name)) {
            decoder.add_error(&here, "is given twice");
            continue;
        }
        const Field* field = type.find(name);
        json[name] = field == nullptr ? Json(text) : typed(text, *field->type);
    }
    decoder.structure(json, type, object, nullptr);
    return std::move(decoder).result();
}

void decode_stored_into(std::string_view text, const StructType& type, void* object) {
    const auto read = read_stored(text, type, object);
    if (read) return;
    std::fprintf(stderr, "a stored %s cannot be read: %s\n", type.name.c_str(),
                 read.error().message.c_str());
    std::abort();
}

}  // namespace shop::schema
