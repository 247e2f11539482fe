// The pages: for each endpoint of api::storefront_service() who may see it and what makes it.
//
// Thread safety: tables are constant; handlers run on many threads.
#pragma once

#include <span>
#include <string_view>

#include "auth/principal.hpp"
#include "storefrontd/visit.hpp"

namespace shop::storefront {

using PageHandler = Result<runtime::Reply> (*)(Visit& visit, runtime::Call& call);

struct PageRow {
    std::string_view id;
    // auth::scope::kOpen: everybody; kSignedIn: leads to the sign-in first; any other: whoever has
    // it, since nobody else could use the page. What may be done is for the services to say.
    std::string_view right;
    PageHandler handler;
};

// A file of pages each. A form has been checked (Visit::check_form) before its handler runs.
std::span<const PageRow> catalogue_pages();
std::span<const PageRow> file_pages();
std::span<const PageRow> cart_pages();
std::span<const PageRow> sign_in_pages();
std::span<const PageRow> recovery_pages();
std::span<const PageRow> account_pages();
std::span<const PageRow> account_order_pages();
std::span<const PageRow> second_factor_pages();
std::span<const PageRow> admin_dashboard_pages();
std::span<const PageRow> admin_product_pages();
std::span<const PageRow> admin_order_pages();
std::span<const PageRow> admin_people_pages();
std::span<const PageRow> admin_stock_pages();
std::span<const PageRow> admin_access_pages();
std::span<const PageRow> admin_audit_pages();

void bind_pages(runtime::Service& service, Desk& desk);
// What somebody sees where something is wrong; see runtime::Service::set_error_page.
http::Response error_page(Desk& desk, const http::Request& request, const Error& error,
                          const std::string& request_id);

}  // namespace shop::storefront
