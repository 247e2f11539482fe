// The pages of storefrontd. They are for people, so nothing here is a contract: a program uses the
// services' own calls.
#include <span>

#include "api/endpoint.hpp"

namespace shop::api {
namespace {

struct Page {
    const char* id;
    const char* method;
    const char* path;
    const char* summary;
    std::size_t body_bytes_max = 64 * 1024;  // of a form
};

constexpr Page kShop[] = {
    {"home", "GET", "/", "The shop's first page"},
    {"products", "GET", "/products", "Products of a category, or of a search"},
    {"product", "GET", "/product/{slug}", "One product"},
    {"cart", "GET", "/cart", "What somebody wants to buy"},
    {"cart_add", "POST", "/cart/add", "Put pieces into the cart"},
    {"cart_set", "POST", "/cart/set", "Set how many pieces a line has; 0 takes it out"},
    {"checkout", "GET", "/checkout", "Look over the order"},
    {"checkout_place", "POST", "/checkout", "Order it"},
    {"thank_you", "GET", "/order/thank-you", "The order is placed"},
};

constexpr Page kAccount[] = {
    {"register", "GET", "/register", "Form for a new account"},
    {"register_do", "POST", "/register", "Make an account and sign in"},
    {"login", "GET", "/login", "Form to sign in"},
    {"login_do", "POST", "/login", "Sign in"},
    {"logout", "POST", "/logout", "Sign out"},
    {"password_reset", "GET", "/password-reset", "Form to ask for a new password"},
    {"password_reset_do", "POST", "/password-reset", "Have a link mailed"},
    {"password_new", "GET", "/password-reset/complete", "Form for the new password"},
    {"password_new_do", "POST", "/password-reset/complete", "Set it"},
    {"verify_email", "GET", "/verify-email", "Ask before an address is confirmed"},
    {"verify_email_do", "POST", "/verify-email", "Confirm it"},
    {"account", "GET", "/account", "One's orders, sessions and details"},
    {"account_do", "POST", "/account", "Change one's details"},
    {"account_password", "POST", "/account/password", "Change one's password"},
    {"account_session_end", "POST", "/account/sessions/end", "End one session, or all others"},
    {"account_order", "GET", "/account/orders/{order}", "One of one's orders"},
    {"account_order_cancel", "POST", "/account/orders/{order}/cancel", "Cancel it"},
    {"second_factor", "GET", "/account/second-factor", "One's second factor"},
    {"second_factor_do", "POST", "/account/second-factor", "Set it up, or take it off"},
};

constexpr Page kBackOffice[] = {
    {"admin", "GET", "/admin", "Figures of the shop"},
    {"admin_products", "GET", "/admin/products", "Products"},
    {"admin_product_new", "GET", "/admin/products/new", "Form for a new product"},
    {"admin_product_create", "POST", "/admin/products/new", "Make it", limits::kPictureBytesMax},
    {"admin_product", "GET", "/admin/products/{product}", "Form of a product"},
    {"admin_product_update", "POST", "/admin/products/{product}", "Change it",
     limits::kPictureBytesMax},
    {"admin_product_picture", "POST", "/admin/products/{product}/picture", "Give it a picture",
     limits::kPictureBytesMax},
    {"admin_product_stock", "POST", "/admin/products/{product}/stock", "Book a stock movement"},
    {"admin_product_delete", "POST", "/admin/products/{product}/delete", "Delete it"},
    {"admin_stock", "GET", "/admin/stock", "What runs out"},
    {"admin_orders", "GET", "/admin/orders", "Orders"},
    {"admin_order", "GET", "/admin/orders/{order}", "An order"},
    {"admin_order_fulfil", "POST", "/admin/orders/{order}/fulfil", "Say that it was sent"},
    {"admin_order_cancel", "POST", "/admin/orders/{order}/cancel", "Cancel it"},
    {"admin_customers", "GET", "/admin/customers", "Accounts"},
    {"admin_customer", "GET", "/admin/customers/{user}", "An account"},
    {"admin_customer_role", "POST", "/admin/customers/{user}/role", "Give it a role"},
    {"admin_roles", "GET", "/admin/roles", "Staff and roles"},
    {"admin_role_put", "POST", "/admin/roles", "Make or change a role"},
    {"admin_role_delete", "POST", "/admin/roles/{role}/delete", "Delete a role"},
    {"admin_keys", "GET", "/admin/keys", "API keys"},
    {"admin_key_create", "POST", "/admin/keys", "Make an API key"},
    {"admin_key_end", "POST", "/admin/keys/{key}/end", "End an API key"},
    {"admin_audit", "GET", "/admin/audit", "Who did what"},
};

// What pages are made of.
constexpr Page kFiles[] = {
    {"asset", "GET", "/assets/{file}", "Style sheet, script, icon"},
    {"picture", "GET", "/pictures/{file}", "A product's picture"},
    {"art", "GET", "/art/{slug}", "A drawing for a product without a picture"},
    {"favicon", "GET", "/favicon.ico", "The icon, where browsers look for it"},
    {"robots", "GET", "/robots.txt", "What search engines may read"},
};

void add(std::vector<Endpoint>& rows, std::span<const Page> pages) {
    for (const auto& page : pages)
        rows.push_back({.id = page.id,
                        .method = page.method,
                        .path = page.path,
                        .summary = page.summary,
                        .scope = auth::scope::kOpen,  // the services say who may what
                        .media = "text/html",
                        .body_bytes_max = page.body_bytes_max,
                        .style = Style::page});
}

}  // namespace

const ServiceTable& storefront_service() {
    static const ServiceTable table = [] {
        ServiceTable made{"storefrontd", "Storefront and back office", 5000, {}};
        add(made.endpoints, kShop);
        add(made.endpoints, kAccount);
        add(made.endpoints, kBackOffice);
        add(made.endpoints, kFiles);
        for (auto& row : common_endpoints())
            if (row.style == Style::probe && row.id != "openapi")
                made.endpoints.push_back(std::move(row));
        return made;
    }();
    return table;
}

}  // namespace shop::api
