// Products in the back office: what is changed. The lists are in admin_stock_pages.cpp.
#include <fmt/format.h>

#include "base/text.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/office.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/picture_upload.hpp"
#include "storefrontd/product_editor.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;
namespace scope = auth::scope;

Result<api::Product> get(Visit& visit, const std::string& ref) {
    auto product = visit.call<api::Product>(catalogue_needs(), "product_get", {ref});
    if (!product && product.error().code == Code::not_found)
        return fail(Code::not_found, "This product is not there any more. Look in the list.");
    return product;
}

// The product as it is now, with what is wrong with one of its forms, whose fields are `typed_in`.
Result<Reply> back(Visit& visit, const std::string& ref, const Error& error,
                   std::span<const FieldName> names, const Json& typed_in) {
    if (!is_about_form(error)) return tl::make_unexpected(error);
    SHOP_TRY(product, get(visit, ref));
    SHOP_TRY(model, editor(visit, product));
    if (error.code == Code::failed_precondition) {
        model["problem"] =
            "Somebody changed this product meanwhile, so yours was not saved. Here is what it is "
            "now: look at it, then change it once more.";
    } else {
        model.update(typed_in);
        tell(model, error, names);
    }
    return show_editor(visit, std::move(model), info(error.code).http_status);
}

Result<Reply> product(Visit& visit, Call& call) {
    SHOP_CHECK(need_any(visit, {scope::kProductsWrite, scope::kStockWrite}));
    SHOP_TRY(product, get(visit, call.param("product")));
    SHOP_TRY(model, editor(visit, product));
    return show_editor(visit, std::move(model));
}

Result<Reply> product_new(Visit& visit, Call&) { return show_editor(visit, new_editor(visit)); }

Result<std::string_view> checked_type(const std::string& bytes) {
    if (bytes.empty()) return fail_field("/picture", "choose a file");
    const auto type = picture_type(bytes);
    if (type.empty())
        return fail_field("/picture",
                          "this is no picture that we can use: a JPEG, PNG, WebP or "
                          "GIF, please");
    return type;
}

Result<api::Product> put_picture(Visit& visit, const std::string& ref, const std::string& bytes) {
    SHOP_TRY(type, checked_type(bytes));
    auto done = visit.call<api::Product>(catalogue_needs(), "product_picture_put", {ref},
                                         {.content = bytes, .content_type = std::string(type)});
    // Whatever productd says of it, it is said at the only field there is.
    if (!done && is_about_form(done.error()) && done.error().fields.empty())
        done.error().fields = {{"/picture", done.error().message}};
    return done;
}

Result<api::Product> make(Visit& visit) {
    const Fields& form = visit.form();
    SHOP_TRY(key, key_of(form, "product"));
    SHOP_TRY(details, details_of(form, visit.desk().currency, true));
    if (form.has("picture")) SHOP_CHECK(checked_type(form.get("picture")));
    return visit.call<api::Product>(catalogue_needs(), "product_create", {},
                                    {.body = details, .idempotency_key = key});
}

Result<Reply> product_create(Visit& visit, Call&) {
    auto made = make(visit);
    if (!made) {
        if (!is_about_form(made.error())) return tl::make_unexpected(made.error());
        Json model = new_editor(visit);
        model.update(typed_details(visit.form()));
        tell(model, made.error(), kDetailFields);
        return show_editor(visit, std::move(model), info(made.error().code).http_status);
    }
    const std::string& picture = visit.form().get("picture");
    auto kept = picture.empty() ? std::move(made) : put_picture(visit, made->id, picture);
    if (kept) return visit.redirect(editor_href(kept->id), "product_created");
    // The product is there; its page says what is wrong with the picture.
    Error error = kept.error();
    if (!is_about_form(error))
        error = Error{Code::conflict, "", {{"/picture", "it could not be kept; try it again"}}};
    visit.say("info", visit.text("said_product_without_picture"));
    return back(visit, made->id, error, kDetailFields, Json::object());
}

Result<Reply> product_update(Visit& visit, Call& call) {
    const Fields& form = visit.form();
    SHOP_TRY(now, get(visit, call.param("product")));
    const auto save = [&]() -> Result<api::Product> {
        SHOP_TRY(version, if_match_of(form));
        SHOP_TRY(details, details_of(form, now.price.currency, false));
        return visit.call<api::Product>(catalogue_needs(), "product_update", {now.id},
                                        {.body = details, .if_match = version});
    };
    const auto saved = save();
    if (!saved) return back(visit, now.id, saved.error(), kDetailFields, typed_details(form));
    return visit.redirect(editor_href(saved->id), "saved");
}

Result<Reply> product_picture(Visit& visit, Call& call) {
    const Fields& form = visit.form();
    const std::string& ref = call.param("product");
    const bool removes = form.has("remove");
    const auto done =
        removes ? visit.call<api::Product>(catalogue_needs(), "product_picture_delete", {ref})
                : put_picture(visit, ref, form.get("picture"));
    if (!done) return back(visit, ref, done.error(), kDetailFields, Json::object());
    return visit.redirect(editor_href(done->id), removes ? "picture_removed" : "picture_set");
}

Result<api::StockMovement> book(Visit& visit, const std::string& product_id) {
    const Fields& form = visit.form();
    SHOP_TRY(key, key_of(form, product_id));
    const auto quantity = parse_int(typed(form, "stock_quantity"));
    if (!quantity) return fail_field("/quantity", "write a whole number");
    Json body = {{"kind", typed(form, "kind")}, {"quantity", *quantity}};
    if (const std::string reason = typed(form, "stock_reason"); !reason.empty())
        body["reason"] = reason;
    return visit.call<api::StockMovement>(catalogue_needs(), "stock_movement_create", {product_id},
                                          {.body = body, .idempotency_key = key});
}

Result<Reply> product_stock(Visit& visit, Call& call) {
    const Fields& form = visit.form();
    const std::string& ref = call.param("product");
    const auto booked = book(visit, ref);
    if (booked) {
        const bool from_list = form.get("return_to") == "/admin/stock";
        return visit.redirect(from_list ? "/admin/stock" : editor_href(booked->product_id),
                              "stock_booked");
    }
    Json typed_in = {{"stock_quantity", typed(form, "stock_quantity")},
                     {"stock_reason", typed(form, "stock_reason")},
                     {"kinds", select_of({{"receive", "Pieces came in"},
                                          {"adjust", "Correction, up (5) or down (-5)"},
                                          {"count", "Counted: so many are there"}},
                                         form.get("kind"))}};
    return back(visit, ref, booked.error(), kStockFields, typed_in);
}

Result<Reply> product_delete(Visit& visit, Call& call) {
    const std::string& ref = call.param("product");
    if (!visit.form().has("sure"))
        return back(visit, ref,
                    Error{Code::invalid_argument, "Tick the box that says that it shall go"},
                    kDetailFields, Json::object());
    const auto done = visit.send(catalogue_needs(), "product_delete", {ref});
    // Whoever pressed the button twice has what they want.
    if (!done && done.error().code != Code::not_found)
        return back(visit, ref, done.error(), kDetailFields, Json::object());
    return visit.redirect("/admin/products", "product_deleted");
}

constexpr PageRow kPages[] = {{"admin_product_new", scope::kProductsWrite, product_new},
                              {"admin_product_create", scope::kProductsWrite, product_create},
                              {"admin_product", scope::kSignedIn, product},
                              {"admin_product_update", scope::kProductsWrite, product_update},
                              {"admin_product_picture", scope::kProductsWrite, product_picture},
                              {"admin_product_stock", scope::kStockWrite, product_stock},
                              {"admin_product_delete", scope::kProductsWrite, product_delete}};

}  // namespace

std::span<const PageRow> admin_product_pages() { return kPages; }

}  // namespace shop::storefront
