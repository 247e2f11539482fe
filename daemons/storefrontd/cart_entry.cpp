#include "storefrontd/cart_entry.hpp"

#include "base/text.hpp"
#include "storefrontd/needs.hpp"

namespace shop::storefront {
namespace {

constexpr std::size_t kFieldBytesMax = 100;

}  // namespace

Errand Errand::read(const Fields& fields) {
    Errand errand{fields.get("add"), fields.get("quantity"), own_path(fields.get("next"))};
    if (errand.add.size() > kFieldBytesMax) errand.add.clear();
    if (errand.add.empty() || errand.quantity.size() > kFieldBytesMax) errand.quantity.clear();
    return errand;
}

std::string Errand::address(const std::string& path) const {
    std::string out = path;
    char separator = '?';
    const auto append = [&](const char* name, const std::string& value) {
        if (value.empty()) return;
        out += separator;
        out += name;
        out += percent_encode(value);
        separator = '&';
    };
    append("add=", add);
    append("quantity=", quantity);
    append("next=", next == "/" ? "" : next);
    return out;
}

void Errand::add_to(Json& model) const {
    model["add"] = add;
    model["quantity"] = quantity;
    model["next"] = next == "/" ? "" : next;
}

Result<void> put_into_cart(Visit& visit, const std::string& product, std::string_view quantity) {
    const auto pieces = parse_int(trim(quantity));
    if (!pieces) return fail_field("/quantity", "must be a whole number");
    api::CallOptions options;
    options.body = Json{{"product", product}, {"quantity", *pieces}};
    SHOP_CHECK(visit.send(order_needs(), "cart_add", {}, std::move(options)));
    return {};
}

runtime::Reply finish_errand(Visit& visit, const Errand& errand, std::string_view said) {
    if (errand.add.empty()) return visit.redirect(errand.next, said);
    const auto added =
        put_into_cart(visit, errand.add, errand.quantity.empty() ? "1" : errand.quantity);
    // Why, says the cart's page: this answer leads to it in any case.
    if (!added) return visit.redirect("/cart?not_added=1");
    return visit.redirect(errand.next == "/" ? "/cart" : errand.next, "cart_added");
}

}  // namespace shop::storefront
