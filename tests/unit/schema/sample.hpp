// A struct with a field of every kind, for the tests of the codecs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/codec.hpp"

namespace shop::test {

struct Part {
    std::string sku;
    std::int64_t quantity = 1;
    bool operator==(const Part&) const = default;
};

struct Sample {
    std::string id;  // read-only
    std::string name;
    std::string slug;
    std::string colour = "red";
    std::optional<std::string> email;
    std::string password;  // write-only
    std::int64_t stock = 7;
    std::optional<std::int64_t> weight;
    bool active = true;
    std::optional<Time> launched;
    std::optional<Money> price;
    Part main_part{"p-1", 1};
    std::vector<Part> parts;
    std::vector<std::string> tags;
    Json extra;
    bool operator==(const Sample&) const = default;
};

// A flat one, as queries are.
struct Query {
    std::string text;
    std::optional<std::int64_t> limit;
    std::optional<bool> in_stock;
    std::optional<Time> since;
    std::string sort = "name";
};

}  // namespace shop::test

namespace shop::schema {

template <>
const StructType& type_of<test::Part>();
template <>
const StructType& type_of<test::Sample>();
template <>
const StructType& type_of<test::Query>();

}  // namespace shop::schema
