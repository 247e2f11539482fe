// The handlers of productd's endpoints: parse, call the rules, answer.
//
// Thread safety: bind before the service is shared.
#pragma once

#include <string>

#include "picture/renderer.hpp"
#include "productd/store.hpp"
#include "runtime/service.hpp"

namespace shop::products {

// `tables` outlives the service.
void bind_product_routes(runtime::Service& service, const Tables& tables);
void bind_stock_routes(runtime::Service& service, const Tables& tables);
// So does `renderer`.
void bind_picture_routes(runtime::Service& service, const Tables& tables,
                         picture::Renderer& renderer);
// A product as an answer, with its ETag. It must exist (an assertion).
runtime::Reply product_reply(const Tables& tables, const store::Snapshot& snapshot,
                             std::string_view id);

struct CourseOptions {
    std::string currency;        // of the shop; the course's prices are whole units of it
    bool open_creation = false;  // peers on this machine need no key
};
void bind_course_routes(runtime::Service& service, const Tables& tables, CourseOptions options);

}  // namespace shop::products
