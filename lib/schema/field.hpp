// Field tables: a struct's fields, declared once. Codecs, validation with JSON pointers, JSON
// Schema, OpenAPI, `shopctl explain`, CSV columns and CLI tables all read the table.
//
//     struct Line { std::string product_id; std::int64_t quantity = 1; };
//     template <> const StructType& type_of<Line>() {
//         static const StructType type{"Line", "One product in a cart.", {
//             field<&Line::product_id>("product_id", "The product's id.", Required{}, Length{1,
//             40}), field<&Line::quantity>("quantity", "How many pieces.", Range{1, 1'000'000}),
//         }};
//         return type;
//     }
//
// Field types: std::string, std::int64_t, bool, Time, Json (any value), a struct with a table, and
// std::optional or std::vector of these. An optional that is empty is left out of the JSON.
//
// Thread safety: tables are immutable once built.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/money.hpp"
#include "base/time.hpp"

namespace shop::schema {

class Type;
struct StructType;

// Each struct with a table specialises this.
template <class T>
const StructType& type_of();

// Options of a field, in any order.
struct Required {};   // input must carry it (and a string must not be empty)
struct ReadOnly {};   // set by the service; refused in input
struct WriteOnly {};  // input alone (a password); never encoded
struct Length {       // code points of a string, or items of a list
    std::size_t min;
    std::size_t max;
};
struct Range {
    std::int64_t min;
    std::int64_t max;
};
enum class Format { none, slug, email, currency, username, sku, file_name, id, uri_path };
struct OneOf {
    std::vector<std::string> values;
};
struct Example {
    std::string json;  // JSON text, for documentation
};

// One row of a table. `get` finds the field inside the struct.
struct Field {
    std::string name;
    std::string doc;
    const Type* type = nullptr;
    void* (*get)(void* object) = nullptr;
    void (*reset)(void* object) = nullptr;  // to the value that a new struct has
    bool required = false;
    bool read_only = false;
    bool write_only = false;
    std::size_t length_min = 0;
    std::size_t length_max = 1000;  // of a string or a list, where its table says nothing
    std::int64_t number_min = std::numeric_limits<std::int64_t>::min();
    std::int64_t number_max = std::numeric_limits<std::int64_t>::max();
    Format format = Format::none;
    std::vector<std::string> one_of = {};
    std::string example = {};

    void apply(Required) { required = true; }
    void apply(ReadOnly) { read_only = true; }
    void apply(WriteOnly) { write_only = true; }
    void apply(Length length) { length_min = length.min, length_max = length.max; }
    void apply(Range range) { number_min = range.min, number_max = range.max; }
    void apply(Format value) { format = value; }
    void apply(OneOf value) { one_of = std::move(value.values); }
    void apply(Example value) { example = std::move(value.json); }
};

struct StructType {
    std::string name;
    std::string doc;
    std::vector<Field> fields;

    const Field* find(std::string_view field_name) const;
};

// How one C++ type is read, written and described. The plain ones are in field.cpp; a Type has no
// state but the Type of its items.
class Type {
public:
    enum class Kind { string, integer, boolean, time, any, structure, list, optional };

    virtual ~Type() = default;
    virtual Kind kind() const = 0;
    // The type inside a list or an optional; nullptr elsewhere.
    virtual const Type* inner() const { return nullptr; }
    // The table of a structure; nullptr elsewhere. Late, since tables may refer to each other.
    virtual const StructType* structure() const { return nullptr; }

    // Lists and optionals: access to the items, untyped.
    virtual std::size_t size(const void*) const { return 0; }
    virtual const void* item(const void*, std::size_t) const { return nullptr; }
    virtual void clear(void*) const {}
    virtual void* grow(void*) const {
        return nullptr;
    }  // appends an item (or engages the optional), returns it
};

// The Type of a C++ type. Defined for the field types above.
template <class T>
const Type* type_for();

namespace detail {

template <class T>
struct StructOf final : Type {
    Kind kind() const override { return Kind::structure; }
    const StructType* structure() const override { return &type_of<T>(); }
};

template <class T>
struct ListOf final : Type {
    Kind kind() const override { return Kind::list; }
    const Type* inner() const override { return type_for<T>(); }
    std::size_t size(const void* list) const override {
        return static_cast<const std::vector<T>*>(list)->size();
    }
    const void* item(const void* list, std::size_t i) const override {
        return &(*static_cast<const std::vector<T>*>(list))[i];
    }
    void clear(void* list) const override { static_cast<std::vector<T>*>(list)->clear(); }
    void* grow(void* list) const override {
        return &static_cast<std::vector<T>*>(list)->emplace_back();
    }
};

template <class T>
struct OptionalOf final : Type {
    Kind kind() const override { return Kind::optional; }
    const Type* inner() const override { return type_for<T>(); }
    std::size_t size(const void* value) const override {
        return static_cast<const std::optional<T>*>(value)->has_value() ? 1 : 0;
    }
    const void* item(const void* value, std::size_t) const override {
        return &**static_cast<const std::optional<T>*>(value);
    }
    void clear(void* value) const override { static_cast<std::optional<T>*>(value)->reset(); }
    void* grow(void* value) const override {
        return &static_cast<std::optional<T>*>(value)->emplace();
    }
};

template <class T>
struct Make {
    static const Type* type() {
        static const StructOf<T> instance;
        return &instance;
    }
};
template <class T>
struct Make<std::vector<T>> {
    static const Type* type() {
        static const ListOf<T> instance;
        return &instance;
    }
};
template <class T>
struct Make<std::optional<T>> {
    static const Type* type() {
        static const OptionalOf<T> instance;
        return &instance;
    }
};
// clang-format off
template <> struct Make<std::string> { static const Type* type(); };
template <> struct Make<std::int64_t> { static const Type* type(); };
template <> struct Make<bool> { static const Type* type(); };
template <> struct Make<Time> { static const Type* type(); };
template <> struct Make<Json> { static const Type* type(); };
// clang-format on

template <class M>
struct Member;
template <class C, class V>
struct Member<V C::*> {
    using Object = C;
    using Value = V;
};

}  // namespace detail

template <class T>
const Type* type_for() {
    return detail::Make<T>::type();
}

template <auto member, class... Options>
Field field(std::string name, std::string doc, Options... options) {
    using Object = typename detail::Member<decltype(member)>::Object;
    using Value = typename detail::Member<decltype(member)>::Value;
    Field row;
    row.name = std::move(name);
    row.doc = std::move(doc);
    row.type = type_for<Value>();
    row.get = +[](void* object) -> void* { return &(static_cast<Object*>(object)->*member); };
    row.reset = +[](void* object) { static_cast<Object*>(object)->*member = Object{}.*member; };
    (row.apply(std::move(options)), ...);
    return row;
}

// Money is a field type like any other struct: {"amount": 295, "currency": "GBP"}.
template <>
const StructType& type_of<Money>();

}  // namespace shop::schema
