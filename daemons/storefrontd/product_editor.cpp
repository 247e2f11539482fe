#include "storefrontd/product_editor.hpp"

#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "storefrontd/cards.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

namespace scope = auth::scope;

constexpr FieldName kDetails[] = {{"name", "name"},
                                  {"sku", "sku"},
                                  {"slug", "slug"},
                                  {"description", "description"},
                                  {"category", "category"},
                                  {"price", "price"},
                                  {"initial_stock", "initial_stock"},
                                  {"picture", "picture"},
                                  {"body", "picture"}};
constexpr FieldName kStock[] = {{"quantity", "stock_quantity"}, {"reason", "stock_reason"}};
constexpr const char* kTexts[] = {"name", "sku", "slug", "description", "category"};

std::string kind_label(std::string_view kind) {
    constexpr std::pair<std::string_view, const char*> kLabels[] = {{"receive", "Delivery"},
                                                                    {"adjust", "Correction"},
                                                                    {"count", "Counted"},
                                                                    {"sale", "Sold"},
                                                                    {"return", "Came back"}};
    for (const auto& [name, label] : kLabels)
        if (name == kind) return label;
    return std::string(kind);
}

// Names of those who booked; ids where they may not be known.
class Actors {
public:
    explicit Actors(Visit& visit) : visit_(visit) {}
    const std::string& name_of(const std::string& id) {
        const auto [at, fresh] = names_.try_emplace(id, id);
        if (!fresh || !id.starts_with("usr_")) return at->second;
        if (id == visit_.session().user_id) return at->second = visit_.session().username;
        if (!visit_.may(scope::kUsersRead) || is_down_) return at->second;
        const auto user = visit_.call<api::User>(account_needs(), "user_get", {id});
        is_down_ = !user && is_silence(user.error());
        if (user) at->second = user->username;
        return at->second;
    }

private:
    Visit& visit_;
    std::map<std::string, std::string> names_;
    bool is_down_ = false;
};

Json movements_of(Visit& visit, const std::string& product_id) {
    Json list = Json::array();
    const auto page = visit.call<api::StockMovementPage>(
        catalogue_needs(), "stock_movement_list", {product_id}, {.query = {{"limit", "20"}}});
    if (!page) return list;
    Actors actors(visit);
    for (const auto& movement : page->items)
        list.push_back({{"when", date_time_text(movement.created_at)},
                        {"when_iso", format_time(movement.created_at)},
                        {"kind_label", kind_label(movement.kind)},
                        {"quantity", fmt::format("{}{}", movement.quantity > 0 ? "+" : "",
                                                 number_text(movement.quantity))},
                        {"on_hand", number_text(movement.on_hand)},
                        {"actor", actors.name_of(movement.actor)},
                        {"reason", movement.reason}});
    return list;
}

void add_stock(Visit& visit, const api::Product& product, Json& model) {
    model["can_stock"] = product.stock.has_value() && visit.may(scope::kStockWrite);
    model["kinds"] = select_of({{"receive", "Pieces came in"},
                                {"adjust", "Correction, up (5) or down (-5)"},
                                {"count", "Counted: so many are there"}},
                               "receive");
    if (product.stock)
        model["stock"] = {{"on_hand", number_text(product.stock->on_hand)},
                          {"reserved", number_text(product.stock->reserved)},
                          {"available", number_text(product.stock->available)}};
    if (!visit.may(scope::kStockWrite)) return;
    model["movements"] = movements_of(visit, product.id);
    model["has_movements"] = !model["movements"].empty();
}

Json base_model(Visit& visit, bool is_new) {
    Json names = Json::array();
    for (const auto& category : *visit.desk().categories.list()) names.push_back(category.name);
    return {{"is_new", is_new},
            {"can_write", visit.may(scope::kProductsWrite)},
            {"category_names", std::move(names)},
            {"currency", visit.desk().currency},
            {"key", new_key()}};
}

}  // namespace

const std::span<const FieldName> kDetailFields = kDetails;
const std::span<const FieldName> kStockFields = kStock;

std::string editor_href(const std::string& product_id) { return "/admin/products/" + product_id; }

Result<Json> details_of(const Fields& form, const std::string& currency, bool is_new) {
    const auto price = parse_money(typed(form, "price"), currency);
    if (!price || price->amount < 0) return fail_field("/price", "write it like 2.95");
    Json details = {{"price", {{"amount", price->amount}, {"currency", price->currency}}},
                    {"track_stock", form.has("track_stock")}};
    for (const auto* name : kTexts) details[name] = typed(form, name);
    const std::string pieces = typed(form, "initial_stock");
    if (!is_new || pieces.empty()) return details;
    const auto number = parse_int(pieces);
    if (!number) return fail_field("/initial_stock", "write a whole number");
    if (!form.has("track_stock") && *number != 0)
        return fail_field("/initial_stock", "leave it empty, or have the pieces counted");
    if (form.has("track_stock")) details["initial_stock"] = *number;
    return details;
}

Json typed_details(const Fields& form) {
    Json model = {{"track_stock", form.has("track_stock")}, {"version", form.get("version")}};
    for (const auto* name : kTexts) model[name] = typed(form, name);
    for (const auto* name : {"price", "initial_stock"}) model[name] = typed(form, name);
    return model;
}

Json new_editor(Visit& visit) {
    Json model = base_model(visit, true);
    model["action"] = "/admin/products/new";
    model["heading"] = "New product";
    model["track_stock"] = true;
    return model;
}

Result<Json> editor(Visit& visit, const api::Product& product) {
    const std::string href = editor_href(product.id);
    const std::string picture = picture_of(product, 600);
    Json model = base_model(visit, false);
    model.update({{"action", href},
                  {"heading", product.name},
                  {"version", std::to_string(product.version)},
                  {"sku", product.sku},
                  {"name", product.name},
                  {"slug", product.slug},
                  {"description", product.description},
                  {"category", product.category},
                  {"price", format_decimal(product.price)},
                  {"currency", product.price.currency},
                  {"track_stock", product.track_stock},
                  {"can_delete", visit.may(scope::kProductsWrite)},
                  {"picture_action", href + "/picture"},
                  {"stock_action", href + "/stock"},
                  {"delete_action", href + "/delete"}});
    model["product"] = {{"number", std::to_string(product.number)},
                        {"href", address_of(product)},
                        {"picture", picture},
                        {"has_picture", picture.starts_with("/pictures/")},
                        {"created", date_time_text(product.created_at)},
                        {"created_iso", format_time(product.created_at)},
                        {"updated", date_time_text(product.updated_at)},
                        {"updated_iso", format_time(product.updated_at)}};
    add_stock(visit, product, model);
    return model;
}

runtime::Reply show_editor(Visit& visit, Json model, int status) {
    const std::string title = model["heading"].get<std::string>();
    return visit.page("admin_product", title, std::move(model), status);
}

}  // namespace shop::storefront
