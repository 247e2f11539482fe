#include "api/course.hpp"

#include "base/limits.hpp"
#include "base/money.hpp"
#include "productd/products.hpp"
#include "productd/routes.hpp"
#include "productd/slug.hpp"

namespace shop::products {
namespace {

using api::Product;
using api::course::NewProduct;
using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

constexpr std::size_t kListedMax = 10'000;  // the course's list has no pages

std::int64_t minor_units(const std::string& currency) {
    std::int64_t units = 1;
    for (int i = 0; i < currency_decimals(currency); ++i) units *= 10;
    return units;
}

// As the course shows a product: the number as its id, the price in whole units.
Json course_product(const Product& product) {
    return {{"id", product.number},
            {"name", product.name},
            {"slug", product.slug},
            {"price", product.price.amount / minor_units(product.price.currency)},
            {"image", product.image}};
}

Result<Product> product_of(const NewProduct& form, const std::string& currency) {
    const std::int64_t units = minor_units(currency);
    if (form.price > limits::kPriceMinorMax / units) return fail_field("price", "is too high");
    Product product;
    product.name = form.name;
    product.slug = form.slug;
    product.image = form.image;
    product.price = {form.price * units, currency};
    product.track_stock = false;
    return product;
}

Result<void> check_may_create(const Call& call, const CourseOptions& options) {
    if (call.principal().may(auth::scope::kProductsWrite)) return {};
    // Behind a proxy on this machine everybody comes from loopback.
    const bool from_here =
        call.request().peer.loopback() && !call.request().headers.get("x-forwarded-for");
    if (options.open_creation && from_here) return {};
    if (!call.principal().known()) return fail(Code::unauthenticated, "Not logged in");
    return fail(Code::permission_denied, "Only an administrator can add products");
}

Result<Reply> course_products(const Tables& tables, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        Json results = Json::array();
        tables.products.walk(
            snapshot, "number", {}, false, [&](std::string_view id, std::string_view) {
                results.push_back(course_product(*tables.products.get(snapshot, id)));
                return results.size() < kListedMax;
            });
        return Reply::bytes(dump({{"results", std::move(results)}}));
    });
}

Result<Reply> course_product_get(const Tables& tables, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        const auto product = tables.products.get_by(snapshot, "slug", call.param("slug"));
        if (!product) return fail(Code::not_found, "Cannot find product");
        return Reply::bytes(dump({{"result", course_product(*product)}}));
    });
}

Result<Reply> course_product_create(const Tables& tables, const CourseOptions& options,
                                    Call& call) {
    SHOP_CHECK(check_may_create(call, options));
    SHOP_TRY(form, call.body<NewProduct>());
    SHOP_TRY(input, product_of(form, options.currency));
    return call.commit([&](Change& change) -> Result<Reply> {
        Product product = input;
        SHOP_TRY(sku, free_sku(tables, change.tx(), product.slug));
        product.sku = sku;
        SHOP_TRY(created, create(tables, change, std::move(product)));
        return Reply::bytes(
            dump({{"message", "Product added"}, {"product", course_product(created)}}));
    });
}

}  // namespace

void bind_course_routes(runtime::Service& service, const Tables& tables, CourseOptions options) {
    service.bind("course_products",
                 [&tables](Call& call) { return course_products(tables, call); });
    service.bind("course_product_get",
                 [&tables](Call& call) { return course_product_get(tables, call); });
    service.bind("course_product_create", [&tables, options = std::move(options)](Call& call) {
        return course_product_create(tables, options, call);
    });
}

}  // namespace shop::products
