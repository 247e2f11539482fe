#include "api/course.hpp"

#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<course::NewUser>() {
    using T = course::NewUser;
    static const StructType type{
        "CourseNewUser",
        "Form of /api/user/create.",
        {
            field<&T::username>("username", "Name to sign in with.", Required{}, Length{1, 40},
                                Format::username),
            field<&T::email>("email", "Address for mail.", Required{}, Format::email,
                             Length{3, 254}),
            field<&T::first_name>("first_name", "Given name.", Length{0, 100}),
            field<&T::last_name>("last_name", "Family name.", Length{0, 100}),
            field<&T::password>("password", "Its password.", Required{}, WriteOnly{},
                                Length{1, 256}),
        }};
    return type;
}

template <>
const StructType& type_of<course::Login>() {
    using T = course::Login;
    static const StructType type{
        "CourseLogin",
        "Form of /api/user/login.",
        {
            field<&T::username>("username", "The account's name.", Required{}, Length{1, 254}),
            field<&T::password>("password", "Its password.", Required{}, WriteOnly{},
                                Length{1, 256}),
        }};
    return type;
}

template <>
const StructType& type_of<course::NewProduct>() {
    using T = course::NewProduct;
    static const StructType type{
        "CourseNewProduct",
        "Form of /api/product/create.",
        {
            field<&T::name>("name", "As shoppers see it.", Required{}, Length{1, 200}),
            field<&T::slug>("slug", "Its name in addresses.", Required{}, Length{1, 80},
                            Format::slug),
            field<&T::image>("image", "File name of its picture.", Length{0, 120},
                             Format::file_name),
            field<&T::price>("price", "In whole units of the shop's currency.", Required{},
                             Range{0, limits::kPriceMinorMax / 1000}),
        }};
    return type;
}

template <>
const StructType& type_of<course::AddItem>() {
    using T = course::AddItem;
    static const StructType type{
        "CourseAddItem",
        "Form of /api/order/add-item.",
        {
            field<&T::product_id>("product_id", "The product's number.", Required{},
                                  Range{1, std::numeric_limits<std::int64_t>::max()}),
            field<&T::qty>("qty", "How many.", Required{}, Range{1, limits::kQuantityMax}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::api::course {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> users_endpoints() {
    return {
        {.id = "course_user_create",
         .method = "POST",
         .path = "/api/user/create",
         .summary = "Register an account",
         .scope = scope::kOpen,
         .request = &type_of<NewUser>(),
         .errors = {Code::already_exists},
         .style = Style::course},
        {.id = "course_user_login",
         .method = "POST",
         .path = "/api/user/login",
         .summary = "Sign in and get an API key",
         .scope = scope::kOpen,
         .request = &type_of<Login>(),
         .errors = {Code::unauthenticated},
         .style = Style::course},
        {.id = "course_user_logout",
         .method = "POST",
         .path = "/api/user/logout",
         .summary = "End the API key",
         .scope = scope::kOpen,
         .style = Style::course},
        {.id = "course_user_exists",
         .method = "GET",
         .path = "/api/user/{username}/exists",
         .summary = "Tell whether a username is taken",
         .scope = scope::kOpen,
         .errors = {Code::not_found},
         .style = Style::course},
        {.id = "course_user_get",
         .method = "GET",
         .path = "/api/user",
         .summary = "Get one's own account",
         .scope = scope::kSignedIn,
         .style = Style::course},
        {.id = "course_users",
         .method = "GET",
         .path = "/api/users",
         .summary = "List all accounts",
         .scope = scope::kUsersWrite,
         .style = Style::course},
    };
}

std::vector<Endpoint> products_endpoints() {
    return {
        {.id = "course_products",
         .method = "GET",
         .path = "/api/products",
         .summary = "List all products",
         .scope = scope::kOpen,
         .style = Style::course},
        // Open here, since a setting opens it on loopback: the handler asks for products:write.
        {.id = "course_product_create",
         .method = "POST",
         .path = "/api/product/create",
         .summary = "Create a product without a stock limit",
         .scope = scope::kOpen,
         .request = &type_of<NewProduct>(),
         .errors = {Code::already_exists, Code::unauthenticated, Code::permission_denied},
         .style = Style::course},
        {.id = "course_product_get",
         .method = "GET",
         .path = "/api/product/{slug}",
         .summary = "Get a product by slug",
         .scope = scope::kOpen,
         .errors = {Code::not_found},
         .style = Style::course},
    };
}

std::vector<Endpoint> orders_endpoints() {
    return {
        {.id = "course_add_item",
         .method = "POST",
         .path = "/api/order/add-item",
         .summary = "Put pieces into the open order",
         .scope = scope::kCart,
         .request = &type_of<AddItem>(),
         .errors = {Code::not_found, Code::conflict, Code::unavailable},
         .style = Style::course},
        {.id = "course_order_get",
         .method = "GET",
         .path = "/api/order",
         .summary = "Get the open order",
         .scope = scope::kCart,
         .style = Style::course},
        {.id = "course_checkout",
         .method = "POST",
         .path = "/api/order/checkout",
         .summary = "Check the open order out",
         .scope = scope::kCart,
         .errors = {Code::not_found, Code::conflict, Code::unavailable},
         .style = Style::course},
        {.id = "course_orders",
         .method = "GET",
         .path = "/api/orders",
         .summary = "List all orders",
         .scope = scope::kOrdersRead,
         .style = Style::course},
    };
}

}  // namespace shop::api::course
