#include "api/roles.hpp"

#include "api/tables.hpp"
#include "api/users_parts.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<Role>() {
    static const StructType type{
        "Role",
        "What accounts of this role may do.",
        {
            field<&Role::name>("name", "Its name.", ReadOnly{}, Example{"\"warehouse\""}),
            field<&Role::description>("description", "What it is for.", ReadOnly{}),
            field<&Role::scopes>("scopes", "Its rights.", ReadOnly{}),
            field<&Role::built_in>("built_in", "Whether it comes with the shop.", ReadOnly{}),
            field<&Role::version>("version", "Goes up with each change.", ReadOnly{}),
            field<&Role::updated_at>("updated_at", "When it changed last.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<RoleInput>() {
    static const StructType type{
        "RoleInput",
        "A role of the shop's own.",
        {
            field<&RoleInput::description>("description", "What it is for.", Length{0, 200}),
            field<&RoleInput::scopes>("scopes", "Its rights.", Required{}, Length{1, 50},
                                      Example{R"(["orders:read","orders:fulfil"])"}),
        }};
    return type;
}

template <>
const StructType& type_of<RoleList>() {
    static const StructType type{
        "RoleList",
        "All roles.",
        {field<&RoleList::items>("items", "The built-in ones, then the shop's own.", ReadOnly{})}};
    return type;
}

}  // namespace shop::schema

namespace shop::api {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> role_endpoints() {
    const auto* role = &type_of<Role>();
    return {
        {.id = "role_list",
         .method = "GET",
         .path = "/v1/roles",
         .summary = "List roles",
         .scope = scope::kUsersRead,
         .response = &type_of<RoleList>()},
        {.id = "role_get",
         .method = "GET",
         .path = "/v1/roles/{role}",
         .summary = "Get a role",
         .scope = scope::kUsersRead,
         .response = role,
         .errors = {Code::not_found}},
        {.id = "role_put",
         .method = "PUT",
         .path = "/v1/roles/{role}",
         .summary = "Make or change a role of the shop's own",
         .scope = scope::kRolesWrite,
         .request = &type_of<RoleInput>(),
         .response = role,
         .errors = {Code::conflict}},
        {.id = "role_delete",
         .method = "DELETE",
         .path = "/v1/roles/{role}",
         .summary = "Delete a role that nobody has",
         .scope = scope::kRolesWrite,
         .status = 204,
         .errors = {Code::not_found, Code::conflict}},
    };
}

}  // namespace shop::api
