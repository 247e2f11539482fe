#include "schema/field.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/limits.hpp"

namespace shop::schema {

const Field* StructType::find(std::string_view field_name) const {
    const auto row = std::ranges::find(fields, field_name, &Field::name);
    return row == fields.end() ? nullptr : &*row;
}

namespace {

template <Type::Kind kKind>
struct Plain final : Type {
    Kind kind() const override { return kKind; }
};

template <Type::Kind kKind>
const Type* plain() {
    static const Plain<kKind> instance;
    return &instance;
}

}  // namespace

namespace detail {

const Type* Make<std::string>::type() { return plain<Type::Kind::string>(); }
const Type* Make<std::int64_t>::type() { return plain<Type::Kind::integer>(); }
const Type* Make<bool>::type() { return plain<Type::Kind::boolean>(); }
const Type* Make<Time>::type() { return plain<Type::Kind::time>(); }
const Type* Make<Json>::type() { return plain<Type::Kind::any>(); }

}  // namespace detail

template <>
const StructType& type_of<Money>() {
    static const StructType type{
        "Money",
        "An amount of money: a whole number of the currency's minor units.",
        {
            field<&Money::amount>("amount", "Minor units: pence, cents. 295 GBP is 2.95.",
                                  Required{}, Range{0, limits::kPriceMinorMax}, Example{"295"}),
            field<&Money::currency>("currency", "ISO 4217 code.", Required{}, Length{3, 3},
                                    Format::currency, Example{"\"GBP\""}),
        }};
    return type;
}

}  // namespace shop::schema
