// Pieces that the field tables of this folder share. Private to lib/api.
//
// Thread safety: free functions without shared state.
#pragma once

#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "schema/field.hpp"

namespace shop::api {

using schema::Example;
using schema::Field;
using schema::field;
using schema::Format;
using schema::Length;
using schema::OneOf;
using schema::Range;
using schema::ReadOnly;
using schema::Required;
using schema::StructType;
using schema::WriteOnly;

// `limit` and `cursor`, which every list has, then the list's own parameters.
template <class Query>
std::vector<Field> with_paging(std::vector<Field> own) {
    std::vector<Field> fields = {
        field<&Query::limit>("limit", "Items in one page.",
                             Range{1, std::int64_t{limits::kPageItemsMax}}, Example{"20"}),
        field<&Query::cursor>("cursor", "Where to go on: next_cursor of the page before.",
                              Length{1, 1000})};
    for (auto& row : own) fields.push_back(std::move(row));
    return fields;
}

// `items` and `next_cursor`.
template <class Page>
std::vector<Field> page_fields() {
    return {field<&Page::items>("items", "The items of this page.", ReadOnly{}),
            field<&Page::next_cursor>("next_cursor",
                                      "Give it as `cursor` for the next page; "
                                      "absent on the last one.",
                                      ReadOnly{})};
}

}  // namespace shop::api
