#include "api/products.hpp"

#include "api/categories.hpp"
#include "api/common.hpp"
#include "api/course.hpp"
#include "api/endpoint.hpp"
#include "api/tables.hpp"

namespace shop::schema {

using namespace shop::api;

template <>
const StructType& type_of<StockLevel>() {
    static const StructType type{
        "StockLevel",
        "How many pieces there are. available = on_hand - reserved, never below zero.",
        {
            field<&StockLevel::on_hand>("on_hand", "In the house: the sum of all movements.",
                                        ReadOnly{}),
            field<&StockLevel::reserved>("reserved", "Held by checkouts that are under way.",
                                         ReadOnly{}),
            field<&StockLevel::available>("available", "What can be sold.", ReadOnly{}),
            field<&StockLevel::version>("version", "Goes up with each change.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<Product>() {
    static const StructType type{
        "Product",
        "Something that the shop sells.",
        {
            field<&Product::id>("id", "The product's id.", ReadOnly{},
                                Example{"\"prd_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b\""}),
            field<&Product::number>("number", "A small number for people.", ReadOnly{}),
            field<&Product::sku>("sku", "Stock keeping unit; unique.", Required{}, Length{1, 64},
                                 Format::sku, Example{"\"85123A\""}),
            field<&Product::name>("name", "As shoppers see it.", Required{}, Length{1, 200},
                                  Example{"\"White Hanging Heart T-Light Holder\""}),
            field<&Product::slug>("slug",
                                  "Its name in addresses; unique; made from the name "
                                  "where none is given.",
                                  Length{0, 80}, Format::slug,
                                  Example{"\"white-hanging-heart-t-light-holder\""}),
            field<&Product::description>("description", "Text for shoppers.", Length{0, 5000}),
            field<&Product::category>("category", "Where shoppers find it.", Length{0, 100}),
            field<&Product::price>("price", "For one piece, in minor units.", Required{}),
            field<&Product::image>("image",
                                   "File name of its picture; of one that was handed in 32 "
                                   "hexadecimal digits and `.jpg`.",
                                   Length{0, 120}, Format::file_name),
            field<&Product::track_stock>("track_stock",
                                         "false: it is sold without counting pieces."),
            field<&Product::version>("version", "Goes up with each change; in the ETag.",
                                     ReadOnly{}),
            field<&Product::created_at>("created_at", "When it was made.", ReadOnly{}),
            field<&Product::updated_at>("updated_at", "When it changed last.", ReadOnly{}),
            field<&Product::initial_stock>("initial_stock", "Pieces in the house at creation.",
                                           WriteOnly{}, Range{0, limits::kStockMax}),
            field<&Product::stock>("stock", "Its stock; absent where it is not tracked.",
                                   ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<ProductPage>() {
    static const StructType type{"ProductPage", "One page of products.",
                                 page_fields<ProductPage>()};
    return type;
}

template <>
const StructType& type_of<ProductQuery>() {
    static const StructType type{
        "ProductQuery", "Which products, and in which order.",
        with_paging<ProductQuery>({
            field<&ProductQuery::q>("q", "Words that name, SKU or description hold, in any case.",
                                    Length{1, 200}),
            field<&ProductQuery::category>("category", "Only this category.", Length{1, 100}),
            field<&ProductQuery::price_min>("price_min", "At least this price, in minor units.",
                                            Range{0, limits::kPriceMinorMax}),
            field<&ProductQuery::price_max>("price_max", "At most this price, in minor units.",
                                            Range{0, limits::kPriceMinorMax}),
            field<&ProductQuery::in_stock>("in_stock", "Only what is available (or is not)."),
            field<&ProductQuery::stock_max>(
                "stock_max",
                "Only products whose stock is tracked and of which at most so many are available.",
                Range{0, limits::kStockMax}),
            field<&ProductQuery::sort>(
                "sort", "Order; with `-` in front the other way round.",
                OneOf{{"number", "-number", "name", "-name", "price", "-price"}}),
            field<&ProductQuery::ref>("ref",
                                      "Exactly these: up to 200 ids, slugs, SKUs or "
                                      "numbers, separated by commas; unknown ones are left out.",
                                      Length{1, 4000}),
        })};
    return type;
}

template <>
const StructType& type_of<ImportRow>() {
    static const StructType type{
        "ImportRow",
        "One product of an import.",
        {
            field<&ImportRow::line>("line",
                                    "Where it stands in the file; comes back in the "
                                    "outcome.",
                                    Range{0, limits::kStockMax}),
            field<&ImportRow::product>("product",
                                       "The product as it should be; where it is there already, "
                                       "fields that are left out stay as they are.",
                                       Required{}),
            field<&ImportRow::stock>("stock", "Pieces it should have afterwards; absent: as it is.",
                                     Range{0, limits::kStockMax}),
        }};
    return type;
}

template <>
const StructType& type_of<ImportRequest>() {
    static const StructType type{
        "ImportRequest",
        "A batch of products, matched by SKU. Bad rows are reported, the others go in.",
        {
            field<&ImportRequest::on_duplicate>("on_duplicate",
                                                "What to do where the SKU is there already.",
                                                OneOf{{"update", "skip", "fail"}}),
            field<&ImportRequest::dry_run>("dry_run", "Only tell what would happen."),
            field<&ImportRequest::rows>("rows", "The products.", Required{},
                                        Length{1, limits::kBatchItemsMax}),
        }};
    return type;
}

template <>
const StructType& type_of<ImportOutcome>() {
    static const StructType type{
        "ImportOutcome",
        "What became of one row.",
        {
            field<&ImportOutcome::line>("line", "Of the row.", ReadOnly{}),
            field<&ImportOutcome::sku>("sku", "Of the row.", ReadOnly{}),
            field<&ImportOutcome::outcome>(
                "outcome", "What was done.", ReadOnly{},
                OneOf{{"created", "updated", "unchanged", "skipped", "rejected"}}),
            field<&ImportOutcome::reason>("reason", "Why, where rejected.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<ImportResult>() {
    static const StructType type{
        "ImportResult",
        "What became of a batch.",
        {field<&ImportResult::rows>("rows", "One outcome a row, in their order.", ReadOnly{})}};
    return type;
}

template <>
const StructType& type_of<StockMovement>() {
    static const StructType type{
        "StockMovement",
        "One line of the stock ledger. Nothing in it is ever changed.",
        {
            field<&StockMovement::id>("id", "The movement's id.", ReadOnly{}),
            field<&StockMovement::product_id>("product_id", "Of which product.", ReadOnly{}),
            field<&StockMovement::kind>(
                "kind",
                "receive: pieces came in; adjust: a correction up or down; count: the "
                "quantity is the level that was counted; sale and return: by orders.",
                Required{}, OneOf{{"receive", "adjust", "count", "sale", "return"}},
                Example{"\"receive\""}),
            field<&StockMovement::quantity>("quantity", "Pieces in (or out, below zero).",
                                            Range{-limits::kStockMax, limits::kStockMax},
                                            Example{"10"}),
            field<&StockMovement::on_hand>("on_hand", "The level after it.", ReadOnly{}),
            field<&StockMovement::reason>("reason", "Why, for people.", Length{0, 200}),
            field<&StockMovement::reference>("reference", "The order, for sale and return.",
                                             ReadOnly{}),
            field<&StockMovement::actor>("actor", "Who booked it.", ReadOnly{}),
            field<&StockMovement::created_at>("created_at", "When.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<StockMovementPage>() {
    static const StructType type{"StockMovementPage", "One page of the ledger, newest first.",
                                 page_fields<StockMovementPage>()};
    return type;
}

template <>
const StructType& type_of<ReservationLine>() {
    static const StructType type{
        "ReservationLine",
        "Pieces of one product.",
        {
            field<&ReservationLine::product_id>("product_id", "Which product.", Required{},
                                                Format::id, Length{1, 64}),
            field<&ReservationLine::quantity>("quantity", "How many.", Required{},
                                              Range{1, limits::kQuantityMax}),
            field<&ReservationLine::tracked>(
                "tracked", "Whether its stock was tracked when it was held.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<Reservation>() {
    static const StructType type{
        "Reservation",
        "Pieces held for an order, until it is placed or the time is over.",
        {
            field<&Reservation::order_id>("order_id", "For which order.", ReadOnly{}),
            field<&Reservation::state>("state", "held; confirmed: sold; released: free again.",
                                       ReadOnly{}, OneOf{{"held", "confirmed", "released"}}),
            field<&Reservation::lines>("lines", "What is held.", Required{},
                                       Length{1, limits::kCartLinesMax}),
            field<&Reservation::ttl_seconds>("ttl_seconds", "How long to hold it.", WriteOnly{},
                                             Range{1, 86400}),
            field<&Reservation::expires_at>("expires_at", "When it is released by itself.",
                                            ReadOnly{}),
            field<&Reservation::reason>("reason", "Why it was released.", ReadOnly{}),
        }};
    return type;
}

template <>
const StructType& type_of<ReservationPage>() {
    static const StructType type{
        "ReservationPage",
        "Reservations in the order of their orders' ids.",
        {field<&ReservationPage::items>("items", "Ask again behind the last one.", ReadOnly{})}};
    return type;
}

template <>
const StructType& type_of<ReservationQuery>() {
    using T = ReservationQuery;
    static const StructType type{
        "ReservationQuery",
        "Which reservations.",
        {
            field<&T::limit>("limit", "Items in one page.",
                             Range{1, std::int64_t{limits::kPageItemsMax}}),
            field<&T::after>("after", "Order ids behind this one.", Length{1, 100}),
            field<&T::until>("until", "Order ids up to this one.", Length{1, 100}),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::api {
namespace {

using schema::type_of;
namespace scope = auth::scope;

std::vector<Endpoint> product_endpoints() {
    const auto* product = &type_of<Product>();
    return {
        {.id = "product_create",
         .method = "POST",
         .path = "/v1/products",
         .summary = "Create a product",
         .scope = scope::kProductsWrite,
         .request = product,
         .response = product,
         .status = 201,
         .idempotency = Idempotency::optional,
         .errors = {Code::already_exists}},
        {.id = "product_list",
         .method = "GET",
         .path = "/v1/products",
         .summary = "List and search products",
         .scope = scope::kOpen,
         .query = &type_of<ProductQuery>(),
         .response = &type_of<ProductPage>()},
        {.id = "product_get",
         .method = "GET",
         .path = "/v1/products/{product}",
         .summary = "Get a product by id, slug, SKU or number",
         .scope = scope::kOpen,
         .response = product,
         .errors = {Code::not_found}},
        {.id = "product_update",
         .method = "PATCH",
         .path = "/v1/products/{product}",
         .summary = "Change a product",
         .scope = scope::kProductsWrite,
         .request = product,
         .response = product,
         .if_match = true,
         .patch = true,
         .errors = {Code::not_found, Code::already_exists}},
        {.id = "product_delete",
         .method = "DELETE",
         .path = "/v1/products/{product}",
         .summary = "Delete a product that no checkout holds",
         .scope = scope::kProductsWrite,
         .status = 204,
         .errors = {Code::not_found, Code::conflict}},
        {.id = "product_import",
         .method = "POST",
         .path = "/v1/product-imports",
         .summary = "Create or update a batch of products",
         .scope = scope::kProductsWrite,
         .request = &type_of<ImportRequest>(),
         .response = &type_of<ImportResult>(),
         .idempotency = Idempotency::optional},
    };
}

std::vector<Endpoint> picture_endpoints() {
    const auto* product = &type_of<Product>();
    return {
        {.id = "product_picture_put",
         .method = "PUT",
         .path = "/v1/products/{product}/picture",
         .summary = "Give a product a picture: JPEG, PNG, WebP or GIF",
         .scope = scope::kProductsWrite,
         .response = product,
         .request_media = "image/*",
         .body_bytes_max = limits::kPictureBytesMax,
         .errors = {Code::not_found}},
        {.id = "product_picture_delete",
         .method = "DELETE",
         .path = "/v1/products/{product}/picture",
         .summary = "Take a product's picture away",
         .scope = scope::kProductsWrite,
         .response = product,
         .errors = {Code::not_found}},
        {.id = "picture_get",
         .method = "GET",
         .path = "/v1/pictures/{picture}",
         .summary = "Get a picture of a product, 1200, 600 or 240 pixels wide",
         .scope = scope::kOpen,
         .media = "image/jpeg",
         .errors = {Code::not_found}},
    };
}

std::vector<Endpoint> stock_endpoints() {
    const auto* reservation = &type_of<Reservation>();
    return {
        {.id = "stock_get",
         .method = "GET",
         .path = "/v1/products/{product}/stock",
         .summary = "Get the stock level of a product",
         .scope = scope::kOpen,
         .response = &type_of<StockLevel>(),
         .errors = {Code::not_found}},
        {.id = "stock_movement_list",
         .method = "GET",
         .path = "/v1/products/{product}/stock/movements",
         .summary = "List the stock ledger",
         .scope = scope::kStockWrite,
         .query = &type_of<PageQuery>(),
         .response = &type_of<StockMovementPage>(),
         .errors = {Code::not_found}},
        {.id = "stock_movement_create",
         .method = "POST",
         .path = "/v1/products/{product}/stock/movements",
         .summary = "Book a stock movement",
         .scope = scope::kStockWrite,
         .request = &type_of<StockMovement>(),
         .response = &type_of<StockMovement>(),
         .status = 201,
         .idempotency = Idempotency::optional,
         .errors = {Code::not_found, Code::conflict}},
        {.id = "reservation_list",
         .method = "GET",
         .path = "/v1/reservations",
         .summary = "List reservations",
         .scope = scope::kStockReserve,
         .query = &type_of<ReservationQuery>(),
         .response = &type_of<ReservationPage>()},
        {.id = "reservation_put",
         .method = "PUT",
         .path = "/v1/reservations/{order}",
         .summary = "Hold pieces for an order",
         .scope = scope::kStockReserve,
         .request = reservation,
         .response = reservation,
         .errors = {Code::not_found, Code::conflict}},
        {.id = "reservation_get",
         .method = "GET",
         .path = "/v1/reservations/{order}",
         .summary = "Get a reservation",
         .scope = scope::kStockReserve,
         .response = reservation,
         .errors = {Code::not_found}},
        {.id = "reservation_confirm",
         .method = "POST",
         .path = "/v1/reservations/{order}/confirm",
         .summary = "Sell what is held",
         .scope = scope::kStockReserve,
         .response = reservation,
         .errors = {Code::not_found, Code::conflict}},
        {.id = "reservation_release",
         .method = "POST",
         .path = "/v1/reservations/{order}/release",
         .summary = "Free what is held, or take back what was sold",
         .scope = scope::kStockReserve,
         .response = reservation,
         .errors = {Code::not_found}},
    };
}

}  // namespace

const ServiceTable& products_service() {
    static const ServiceTable table = [] {
        auto own = product_endpoints();
        for (auto& row : picture_endpoints()) own.push_back(std::move(row));
        for (auto& row : category_endpoints()) own.push_back(std::move(row));
        for (auto& row : stock_endpoints()) own.push_back(std::move(row));
        return make_table("productd", "Products and stock", 5002, std::move(own),
                          course::products_endpoints());
    }();
    return table;
}

}  // namespace shop::api
