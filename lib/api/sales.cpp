#include "api/sales.hpp"

#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<SalesQuery>() {
    static const StructType type{
        "SalesQuery",
        "Of how many days.",
        {field<&SalesQuery::days>("days", "So many days of UTC, today and those before.",
                                  Range{1, kSalesDaysMax}, Example{"30"})}};
    return type;
}

template <>
const StructType& type_of<SalesDay>() {
    static const StructType type{
        "SalesDay",
        "What was sold on one day of UTC.",
        {
            field<&SalesDay::day>("day", "The day.", ReadOnly{}, Example{"\"2026-11-28\""}),
            field<&SalesDay::orders>("orders", "How many orders.", ReadOnly{}),
            field<&SalesDay::pieces>("pieces", "How many pieces.", ReadOnly{}),
            field<&SalesDay::revenue>("revenue", "Sum of the orders.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<SalesTotal>() {
    static const StructType type{
        "SalesTotal",
        "What was sold in all.",
        {
            field<&SalesTotal::orders>("orders", "How many orders.", ReadOnly{}),
            field<&SalesTotal::pieces>("pieces", "How many pieces.", ReadOnly{}),
            field<&SalesTotal::revenue>("revenue", "Sum of the orders.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<SalesProduct>() {
    static const StructType type{
        "SalesProduct",
        "How a product sold.",
        {
            field<&SalesProduct::product_id>("product_id", "Which product.", ReadOnly{}),
            field<&SalesProduct::sku>("sku", "Its SKU.", ReadOnly{}),
            field<&SalesProduct::name>("name", "Its name in the newest of the orders.", ReadOnly{}),
            field<&SalesProduct::pieces>("pieces", "How many pieces.", ReadOnly{}),
            field<&SalesProduct::revenue>("revenue", "Sum of its lines.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<Sales>() {
    static const StructType type{
        "Sales",
        "What was sold in some days: orders by the day on which they were placed, without those "
        "that were cancelled since. A few seconds old at most, in a shop with very many orders a "
        "minute.",
        {
            field<&Sales::days>("days", "Each day, the oldest first.", ReadOnly{}),
            field<&Sales::total>("total", "All days together.", ReadOnly{}),
            field<&Sales::products>("products", "The ten with the greatest revenue.", ReadOnly{}),
            field<&Sales::to_fulfil>("to_fulfil", "Orders that wait to be sent, of any day.",
                                     ReadOnly{}),
            field<&Sales::pending>("pending", "Checkouts that are under way, of any day.",
                                   ReadOnly{}),
            field<&Sales::in_other_currencies>(
                "in_other_currencies",
                "Orders of these days in another currency than the shop's; they are in no sum.",
                ReadOnly{}),
            field<&Sales::made_at>("made_at", "When this was added up.", ReadOnly{}),
        }};
    return type;
}

}  // namespace shop::schema
