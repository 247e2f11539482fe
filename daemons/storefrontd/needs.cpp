#include "storefrontd/needs.hpp"

namespace shop::storefront {

const runtime::Needs& account_needs() {
    static const runtime::Needs needs(api::users_service(), {"livez",
                                                             "readyz",
                                                             "version",
                                                             "user_create",
                                                             "user_get",
                                                             "user_list",
                                                             "user_update",
                                                             "session_create",
                                                             "session_refresh",
                                                             "session_delete",
                                                             "session_list",
                                                             "session_end",
                                                             "session_end_all",
                                                             "password_reset_create",
                                                             "password_reset_complete",
                                                             "email_verification_create",
                                                             "email_verification_complete",
                                                             "second_factor_get",
                                                             "second_factor_start",
                                                             "second_factor_confirm",
                                                             "second_factor_disable",
                                                             "second_factor_recovery_codes",
                                                             "role_list",
                                                             "role_put",
                                                             "role_delete",
                                                             "api_key_list",
                                                             "api_key_create",
                                                             "api_key_delete",
                                                             "audit_list"});
    return needs;
}

const runtime::Needs& catalogue_needs() {
    static const runtime::Needs needs(
        api::products_service(),
        {"livez", "readyz", "version", "events", "product_list", "product_get", "product_create",
         "product_update", "product_delete", "category_list", "picture_get", "product_picture_put",
         "product_picture_delete", "stock_movement_list", "stock_movement_create", "audit_list"});
    return needs;
}

const runtime::Needs& order_needs() {
    static const runtime::Needs needs(
        api::orders_service(), {"livez", "readyz", "version", "cart_get", "cart_add", "cart_set",
                                "cart_remove", "order_create", "order_list", "order_get",
                                "order_cancel", "order_fulfil", "sales_get", "audit_list"});
    return needs;
}

}  // namespace shop::storefront
