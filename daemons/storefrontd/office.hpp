// What the pages of the back office share: who sees them, where they lead, and forms whose work is
// done once, on what somebody saw.
//
// Thread safety: as of the Visit; the rest are free functions without shared state.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "storefrontd/visit.hpp"

namespace shop::storefront {

// The model's `admin_nav`: what the person may see; `path` is where they are.
Json admin_nav(Visit& visit, std::string_view path);
// permission_denied where the person has none of these rights.
Result<void> need_any(Visit& visit, std::initializer_list<std::string_view> rights);
Result<void> need_staff(Visit& visit);

// For the hidden field "key" of a form: names what it asks for, so that it is done once even where
// the form is sent twice.
std::string new_key();
// The Idempotency-Key of the form's work, which `what` names. invalid_argument where the form has
// no key of ours.
Result<std::string> key_of(const Fields& form, std::string_view what);
// The If-Match of the form's hidden field "version".
Result<std::string> if_match_of(const Fields& form);
// A field without white space around it, and with lines that end as everywhere.
std::string typed(const Fields& form, std::string_view name);

// An address with a query, in which nothing stands that says nothing.
class Address {
public:
    explicit Address(std::string path) : text_(std::move(path)) {}
    Address& with(std::string_view name, std::string_view value);
    const std::string& text() const { return text_; }

private:
    std::string text_;
};
// The model's `pager`; null where the list is on one page. `here` has the list's filters.
Json pager_of(const Address& here, const std::string& cursor,
              const std::optional<std::string>& next);
// A select: `options` are values and their labels.
Json select_of(std::initializer_list<std::pair<std::string_view, std::string_view>> options,
               std::string_view current);

}  // namespace shop::storefront
