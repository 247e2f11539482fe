// The page with everything about one product, for the back office: its details, picture and stock.
//
// Thread safety: as of the Visit.
#pragma once

#include <span>

#include "api/products.hpp"
#include "storefrontd/form_errors.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/visit.hpp"

namespace shop::storefront {

std::string editor_href(const std::string& product_id);
// What the form of the details says, as productd wants it; invalid_argument, naming the field,
// where that can't be made of it.
Result<Json> details_of(const Fields& form, const std::string& currency, bool is_new);
// The details as they were typed.
Json typed_details(const Fields& form);

// The model of the template admin_product: of a new product, or of one that is there.
Json new_editor(Visit& visit);
Result<Json> editor(Visit& visit, const api::Product& product);
runtime::Reply show_editor(Visit& visit, Json model, int status = 200);

// The fields of its forms.
extern const std::span<const FieldName> kDetailFields;
extern const std::span<const FieldName> kStockFields;

}  // namespace shop::storefront
