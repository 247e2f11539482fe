// The tables of sample.hpp.
#include "sample.hpp"

#include <nlohmann/json.hpp>

namespace shop::schema {

using test::Part;
using test::Query;
using test::Sample;

template <>
const StructType& type_of<Part>() {
    static const StructType type{"Part",
                                 "A part.",
                                 {
                                     field<&Part::sku>("sku", "Its SKU.", Required{}, Format::sku),
                                     field<&Part::quantity>("quantity", "How many.", Range{1, 100}),
                                 }};
    return type;
}

template <>
const StructType& type_of<Sample>() {
    static const StructType type{
        "Sample",
        "One of everything.",
        {
            field<&Sample::id>("id", "The id.", Required{}, ReadOnly{}, Format::id),
            field<&Sample::name>("name", "The name.", Required{}, Length{2, 10},
                                 Example{"\"Bag\""}),
            field<&Sample::slug>("slug", "For addresses.", Format::slug),
            field<&Sample::colour>("colour", "The colour.", OneOf{{"red", "green"}}),
            field<&Sample::email>("email", "Whom to ask.", Format::email),
            field<&Sample::password>("password", "A secret.", WriteOnly{}),
            field<&Sample::stock>("stock", "Pieces.", Range{0, 1000}),
            field<&Sample::weight>("weight", "Grams."),
            field<&Sample::active>("active", "Whether it is sold."),
            field<&Sample::launched>("launched", "Since when."),
            field<&Sample::price>("price", "For one."),
            field<&Sample::main_part>("main_part", "The main one."),
            field<&Sample::parts>("parts", "Its parts.", Length{0, 30}),
            field<&Sample::tags>("tags", "Words.", Length{0, 3}),
            field<&Sample::extra>("extra", "Anything."),
        }};
    return type;
}

template <>
const StructType& type_of<Query>() {
    static const StructType type{
        "Query",
        "What to list.",
        {
            field<&Query::text>("text", "Words."),
            field<&Query::limit>("limit", "How many.", Range{1, 200}),
            field<&Query::in_stock>("in_stock", "Only these."),
            field<&Query::since>("since", "From when."),
            field<&Query::sort>("sort", "The order.", OneOf{{"name", "price"}}),
        }};
    return type;
}

}  // namespace shop::schema
