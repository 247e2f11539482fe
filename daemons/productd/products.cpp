#include "productd/products.hpp"

#include <fmt/format.h>

#include <cassert>

#include "base/id.hpp"
#include "base/text.hpp"
#include "productd/pictures.hpp"
#include "productd/reservations.hpp"
#include "productd/slug.hpp"
#include "productd/stock.hpp"

namespace shop::products {
namespace {

using api::Product;

constexpr std::string_view kNumberPrefix = "number:";

Failure taken(std::string pointer, std::string message) {
    std::string detail = pointer + ": " + message;
    return tl::make_unexpected(
        Error{Code::already_exists, std::move(detail), {{std::move(pointer), std::move(message)}}});
}

std::optional<std::string> id_by_number(const Tables& tables, const store::Snapshot& snapshot,
                                        std::string_view digits) {
    const auto number = parse_int(digits);
    if (!number) return std::nullopt;
    return tables.products.lookup(snapshot, "number", store::key_of(*number));
}

// The digits behind the member `version`. Inside a string its quotes would be escaped, and no
// struct in the document has a member of that name.
std::string_view version_in(std::string_view document) {
    constexpr std::string_view kMember = "\"version\":";
    const auto at = document.find(kMember);
    assert(at != std::string_view::npos);
    document.remove_prefix(at + kMember.size());
    document.remove_prefix(std::min(document.find_first_not_of(' '), document.size()));
    return document.substr(0, document.find_first_not_of("0123456789"));
}

Result<void> check_unique(const Tables& tables, const store::Snapshot& snapshot,
                          const Product& product) {
    const auto sku_owner = tables.products.lookup(snapshot, "sku", sku_key(product.sku));
    if (sku_owner && *sku_owner != product.id)
        return taken("/sku", fmt::format("{} is the SKU of another product; choose a free one",
                                         product.sku));
    const auto slug_owner = tables.products.lookup(snapshot, "slug", product.slug);
    if (slug_owner && *slug_owner != product.id)
        return taken("/slug",
                     fmt::format("{} is the slug of another product; choose a free one, or leave "
                                 "it out to have one made",
                                 product.slug));
    return {};
}

// What the field table alone cannot say.
Result<void> check_fields(const Product& product) {
    if (product.initial_stock && !product.track_stock)
        return fail_field("/initial_stock", "needs track_stock to be true");
    return {};
}

Json summary(const Product& product) {
    return {{"id", product.id},
            {"number", product.number},
            {"sku", product.sku},
            {"slug", product.slug}};
}

}  // namespace

Result<std::string> find_id(const Tables& tables, const store::Snapshot& snapshot,
                            std::string_view ref) {
    const auto& products = tables.products;
    if (is_id(ref, "prd") && products.raw(snapshot, ref)) return std::string(ref);
    std::optional<std::string> id;
    if (ref.starts_with(kNumberPrefix)) {
        id = id_by_number(tables, snapshot, ref.substr(kNumberPrefix.size()));
    } else {
        id = products.lookup(snapshot, "slug", ref);
        if (!id) id = products.lookup(snapshot, "sku", sku_key(ref));
        if (!id) id = id_by_number(tables, snapshot, ref);
    }
    if (id) return std::move(*id);
    return fail(Code::not_found,
                fmt::format("no product has the id, slug, SKU or number {}; list the products to "
                            "find it",
                            ref));
}

Result<Product> find(const Tables& tables, const store::Snapshot& snapshot, std::string_view ref) {
    SHOP_TRY(id, find_id(tables, snapshot, ref));
    return *tables.products.get(snapshot, id);
}

std::string with_stock(const Tables& tables, const store::Snapshot& snapshot, std::string_view id,
                       std::string_view document) {
    constexpr std::string_view kMember = ",\"stock\":";
    const auto level = level_bytes(tables, snapshot, id);
    if (!level) return std::string(document);
    std::string out;
    out.reserve(document.size() + kMember.size() + level->size());
    out.append(document.substr(0, document.rfind('}'))).append(kMember).append(*level).append("}");
    return out;
}

Shown show(const Tables& tables, const store::Snapshot& snapshot, std::string_view id) {
    const auto document = tables.products.raw(snapshot, id);
    assert(document);
    const auto level = level_bytes(tables, snapshot, id);
    std::string etag(version_in(*document));
    etag.append(".").append(level ? version_in(*level) : "0");
    return {with_stock(tables, snapshot, id, *document), std::move(etag)};
}

Result<Product> create(const Tables& tables, events::Change& change, Product product) {
    SHOP_CHECK(check_fields(product));
    auto& tx = change.tx();
    if (product.slug.empty()) {
        SHOP_TRY(slug, free_slug(tables, tx, product));
        product.slug = slug;
    }
    SHOP_CHECK(check_unique(tables, tx, product));
    SHOP_CHECK(check_image(tables, tx, product.image));
    const std::int64_t pieces = product.initial_stock.value_or(0);
    product.initial_stock.reset();
    product.id = new_id("prd");
    product.number = store::next_number(tx, tables.counters, "product");
    product.created_at = product.updated_at = change.now();
    SHOP_CHECK(tables.products.put(tx, product));
    change.emit("product.created", product.id, schema::encode(product), nullptr);
    if (product.track_stock) start_level(tables, change, product.id);
    if (pieces > 0)
        append_movement(tables, change, product.id, *level_of(tables, tx, product.id),
                        {"receive", pieces, "initial stock"});
    return product;
}

Result<bool> save(const Tables& tables, events::Change& change, const Product& before,
                  Product after) {
    if (after.initial_stock)
        return fail_field("/initial_stock", "is for creation alone; book a stock movement");
    SHOP_CHECK(check_fields(after));
    auto& tx = change.tx();
    if (after.slug.empty()) {
        SHOP_TRY(slug, free_slug(tables, tx, after));
        after.slug = slug;
    }
    SHOP_CHECK(check_unique(tables, tx, after));
    if (after.image != before.image) SHOP_CHECK(check_image(tables, tx, after.image));
    if (schema::encode_text(before) == schema::encode_text(after)) return false;
    const bool tracking_changes = before.track_stock != after.track_stock;
    if (tracking_changes && is_held(tables, tx, after.id))
        return fail(
            Code::conflict,
            fmt::format("a checkout holds {}; change track_stock when it is over", after.sku));
    after.version += 1;
    after.updated_at = change.now();
    SHOP_CHECK(tables.products.put(tx, after));
    if (after.image != before.image) drop_unused(tables, tx, before.image);
    change.emit("product.updated", after.id, schema::encode(after), schema::encode(before));
    if (tracking_changes && after.track_stock) start_level(tables, change, after.id);
    if (tracking_changes && !after.track_stock) drop_level(tables, change, after.id);
    return true;
}

Result<std::string> update(const Tables& tables, events::Change& change, std::string_view ref,
                           std::int64_t version, const Json& patch) {
    SHOP_TRY(before, find(tables, change.tx(), ref));
    if (version != 0 && version != before.version)
        return fail(Code::failed_precondition,
                    fmt::format("{} has changed: it has version {} now, not {}; read it again",
                                before.sku, before.version, version));
    Product after = before;
    SHOP_CHECK(schema::merge_patch_into(schema::type_of<Product>(), patch, &after));
    SHOP_CHECK(save(tables, change, before, std::move(after)));
    return before.id;
}

Result<void> remove(const Tables& tables, events::Change& change, std::string_view ref) {
    auto& tx = change.tx();
    SHOP_TRY(product, find(tables, tx, ref));
    if (is_held(tables, tx, product.id))
        return fail(Code::conflict,
                    fmt::format("a checkout holds {}; delete it when that is over", product.sku));
    tables.products.erase(tx, product.id);
    drop_unused(tables, tx, product.image);
    drop_level(tables, change, product.id);
    change.emit("product.deleted", product.id, summary(product), schema::encode(product));
    return {};
}

}  // namespace shop::products
