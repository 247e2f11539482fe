#include "orderd/needs.hpp"

namespace shop::orders {

const runtime::Needs& products_needs() {
    static const runtime::Needs needs(
        api::products_service(),
        {"livez", "product_list", "reservation_put", "reservation_confirm", "reservation_release",
         "reservation_list", "snapshot_create", "snapshot_delete"});
    return needs;
}

}  // namespace shop::orders
