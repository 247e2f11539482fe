// orderd's handlers, bound to its endpoint table.
//
// Thread safety: bind before the service is shared; the handlers run on many threads.
#pragma once

#include "orderd/app.hpp"

namespace shop::orders {

void bind_cart_routes(OrderApp& app);
void bind_order_routes(OrderApp& app);
void bind_course_routes(OrderApp& app);

// Puts pieces of the product that `ref` names into the caller's cart: of /v1 and the course's API.
Result<runtime::Reply> add_to_cart(OrderApp& app, runtime::Call& call, const api::AddLine& asked,
                                   const std::function<runtime::Reply(const api::Cart&)>& answer);
// Checks the caller's cart out under this key.
Result<runtime::Reply> check_out(OrderApp& app, runtime::Call& call, std::string_view key,
                                 const std::string& note,
                                 const std::function<runtime::Reply(const api::Order&)>& answer);

}  // namespace shop::orders
