#include "storefrontd/pages.hpp"

#include "storefrontd/forms.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;

constexpr int kRetrySeconds = 5;  // after a service did not answer

Result<Reply> run(const PageRow& row, Desk& desk, Call& call) {
    Visit visit(desk, call.request(), call.origin());
    if (call.endpoint().method == "POST") SHOP_CHECK(visit.check_form());
    if (!row.right.empty()) {
        const bool may = visit.may(row.right);
        if (!visit.signed_in()) return visit.to_login();
        if (!may && !visit.is_known()) return fail(Code::unavailable, visit.text("accounts_down"));
        if (!may)
            return fail(Code::permission_denied,
                        "Your account does not have the right for this page (" +
                            std::string(row.right) + "). Who keeps the shop can give it to you.");
    }
    return row.handler(visit, call);
}

}  // namespace

void bind_pages(runtime::Service& service, Desk& desk) {
    for (const auto pages :
         {catalogue_pages(), file_pages(), cart_pages(), sign_in_pages(), recovery_pages(),
          account_pages(), account_order_pages(), second_factor_pages(), admin_dashboard_pages(),
          admin_product_pages(), admin_order_pages(), admin_people_pages(), admin_stock_pages(),
          admin_access_pages(), admin_audit_pages()})
        for (const PageRow& row : pages)
            service.bind(row.id, [&row, &desk](Call& call) { return run(row, desk, call); });
}

http::Response error_page(Desk& desk, const http::Request& request, const Error& error,
                          const std::string& request_id) {
    events::Origin origin;
    origin.request_id = request_id;
    origin.address = request.peer.address;
    origin.now = desk.clock.now();
    Visit visit(desk, request, origin);
    Reply reply;
    if (error.code == Code::unauthenticated) {
        // The session ended elsewhere: another device, an administrator, a new password.
        visit.sign_out();
        reply = visit.to_login();
    } else {
        const int status = info(error.code).http_status;
        const Json model = {
            {"status", std::to_string(status)},   {"heading", visit.text(error_heading(status))},
            {"message", sentence(error.message)}, {"request_id", request_id},
            {"is_not_found", status == 404},      {"is_denied", status == 403},
            {"is_down", status == 503},           {"can_retry", status >= 500}};
        reply = visit.page("error", visit.text(error_heading(status)), model, status);
        // Search engines keep a page of which they hear so.
        const int later = error.retry_after_seconds > 0 ? error.retry_after_seconds
                          : status == 503               ? kRetrySeconds
                                                        : 0;
        if (later > 0) reply.headers.set("retry-after", std::to_string(later));
    }
    return {reply.status, std::move(reply.headers), std::move(reply.body)};
}

}  // namespace shop::storefront
