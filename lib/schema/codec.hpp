// Typed faces of the field tables: bytes and JSON to structs and back. See field.hpp for how a
// table is written.
//
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "schema/field.hpp"

namespace shop::schema {

// Who the JSON comes from, and so which fields it may carry.
enum class Mode {
    input,   // from a client, a whole document: read-only fields are refused, required ones must be
             // there
    stored,  // from our own store or another service: unknown members are passed over (a newer
             // release wrote them)
};

// Untyped workers; `object` points to the struct that `type` describes.
Result<void> decode_into(const Json& json, const StructType& type, Mode mode, void* object);
Json encode_from(const StructType& type, const void* object);

template <class T>
Result<T> decode(const Json& json, Mode mode = Mode::input) {
    T value{};
    SHOP_CHECK(decode_into(json, type_of<T>(), mode, &value));
    return value;
}
// Strict parse, then decode as input.
template <class T>
Result<T> decode_text(std::string_view text, Mode mode = Mode::input) {
    T value{};
    SHOP_TRY(json, parse_json(text));
    SHOP_CHECK(decode_into(json, type_of<T>(), mode, &value));
    return value;
}
// Bytes of our own store: an unreadable document is our own bug or a broken disk, and ends the
// process with a message.
void decode_stored_into(std::string_view text, const StructType& type, void* object);
template <class T>
T decode_stored(std::string_view text) {
    T value{};
    decode_stored_into(text, type_of<T>(), &value);
    return value;
}

template <class T>
Json encode(const T& value) {
    return encode_from(type_of<T>(), &value);
}
std::string encode_text_from(const StructType& type, const void* object);
template <class T>
std::string encode_text(const T& value) {
    return encode_text_from(type_of<T>(), &value);
}

// JSON Merge Patch (RFC 7396) on a document: read-only fields in the patch are refused, what the
// patch sets is checked like input, and all other fields stay. `null` empties an optional, gives a
// plain field the value that a new struct has, and is an error for a required one. The patch must
// be an object. After a failure `object` may be half changed.
Result<void> merge_patch_into(const StructType& type, const Json& patch, void* object);
template <class T>
Result<T> merge_patch(const T& current, std::string_view patch_text) {
    T value = current;
    SHOP_TRY(patch, parse_json(patch_text));
    SHOP_CHECK(merge_patch_into(type_of<T>(), patch, &value));
    return value;
}

// A flat struct from name/value text pairs (a query string, a form, a CSV row). Numbers and
// booleans are read strictly from their text. Pointers in errors are the bare names. Twice the same
// name is an error.
using Pairs = std::vector<std::pair<std::string, std::string>>;
Result<void> decode_pairs_into(const Pairs& pairs, const StructType& type, void* object);
template <class T>
Result<T> decode_pairs(const Pairs& pairs) {
    T value{};
    SHOP_CHECK(decode_pairs_into(pairs, type_of<T>(), &value));
    return value;
}

// JSON Schema (2020-12) of a struct; nested structs are `$ref`s to "#/components/schemas/NAME".
Json json_schema(const StructType& type);

}  // namespace shop::schema
