#include "api/categories.hpp"

#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<Category>() {
    static const StructType type{
        "Category",
        "Where shoppers find things.",
        {
            field<&Category::name>("name", "As products name it.", ReadOnly{}),
            field<&Category::products>("products", "How many products are in it.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<CategoryList>() {
    static const StructType type{
        "CategoryList",
        "The categories that products name.",
        {field<&CategoryList::items>("items", "By name; at most 500.", ReadOnly{})}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

std::vector<Endpoint> category_endpoints() {
    return {{.id = "category_list",
             .method = "GET",
             .path = "/v1/categories",
             .summary = "List the categories that products name",
             .scope = auth::scope::kOpen,
             .response = &schema::type_of<CategoryList>()}};
}

}  // namespace shop::api
