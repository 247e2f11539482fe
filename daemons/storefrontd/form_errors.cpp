#include "storefrontd/form_errors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storefrontd/forms.hpp"

namespace shop::storefront {

void tell(Json& model, const Error& error, std::span<const FieldName> names) {
    std::string rest;
    for (const auto& field : error.fields) {
        std::string_view name = field.pointer;
        if (name.starts_with('/')) name.remove_prefix(1);
        name = name.substr(0, name.find('/'));
        const auto known = std::ranges::find(names, name, &FieldName::of_service);
        if (known == names.end()) {
            rest += fmt::format("{}{}: {}", rest.empty() ? "" : " ", name, sentence(field.message));
            continue;
        }
        const std::string key = fmt::format("error_{}", known->of_form);
        if (!model.contains(key)) model[key] = sentence(field.message);
    }
    if (error.code == Code::idempotency_mismatch)
        rest =
            "This form was sent already, with something else in it. Look whether that was done "
            "before you send it again.";
    else if (error.fields.empty())
        rest = sentence(error.message);
    if (!rest.empty()) model["problem"] = rest;
}

}  // namespace shop::storefront
