// How a form comes back: with what was typed, and with what is wrong about it.
//
// Thread safety: free functions without shared state.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "storefrontd/visit.hpp"

namespace shop::storefront {

using FieldNames = std::initializer_list<std::string_view>;

// The service did not answer, or not in time.
bool is_silence(const Error& error);
// Whether the error is about what was sent, or when: the form comes back with it. Any other is the
// error page's.
bool is_about_form(const Error& error);

// What a service says about a field, for people: "must be …" -> "This must be ….".
std::string sentence(std::string_view message, std::string_view subject = "This");

// What was typed into these fields; passwords and codes are none of them.
void add_typed(Json& model, const Fields& form, FieldNames names);
// Errors go to the field of their pointer where that is one of `names`: "/email" as error_email.
// What concerns no field of the form is its `problem`.
void add_errors(Json& model, const Error& error, FieldNames names);
// The page once more, with the error's status.
runtime::Reply come_back(Visit& visit, std::string_view name, const std::string& title, Json model,
                         const Error& error);

}  // namespace shop::storefront
