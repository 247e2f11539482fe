// What a service found wrong with a form, told where it was typed, for forms that call their fields
// otherwise than the service does; see forms.hpp.
//
// Thread safety: free functions without shared state.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace shop::storefront {

// A field as the service calls it ("quantity" for "/quantity" and all that lies in it), and as the
// form does ("stock_quantity").
struct FieldName {
    std::string_view of_service;
    std::string_view of_form;
};

// Puts it into the form's model: "error_…" for each field of the form, and "problem" for the rest.
void tell(Json& model, const Error& error, std::span<const FieldName> names);

}  // namespace shop::storefront
