#include "productd/routes.hpp"

#include "productd/import.hpp"
#include "productd/listing.hpp"
#include "productd/products.hpp"

namespace shop::products {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

Result<Reply> product_get(const Tables& tables, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(id, find_id(tables, snapshot, call.param("product")));
        return product_reply(tables, snapshot, id);
    });
}

Result<Reply> product_list(const Tables& tables, Call& call) {
    SHOP_TRY(query, call.query<api::ProductQuery>());
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(page, query.ref ? list_named(tables, snapshot, query)
                                 : list_products(tables, snapshot, query));
        return runtime::page_reply(call, page.items, page.next_cursor);
    });
}

Result<Reply> category_list(const Tables& tables, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        return Reply::json(list_categories(tables, snapshot));
    });
}

Result<Reply> product_create(const Tables& tables, Call& call) {
    SHOP_TRY(input, call.body<api::Product>());
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(product, create(tables, change, input));
        Reply reply = product_reply(tables, change.tx(), product.id);
        reply.location("/v1/products/" + product.id);
        return reply;
    });
}

Result<Reply> product_update(const Tables& tables, Call& call) {
    SHOP_TRY(version, call.if_match());
    SHOP_TRY(patch, parse_json(call.request().body));
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(id, update(tables, change, call.param("product"), version, patch));
        return product_reply(tables, change.tx(), id);
    });
}

Result<Reply> product_delete(const Tables& tables, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(remove(tables, change, call.param("product")));
        return Reply::empty();
    });
}

// What an import would do: it is done in a transaction that is then given up.
Result<Reply> rehearse(const Tables& tables, Call& call, const ImportBatch& batch,
                       const std::vector<ImportItem>& items) {
    api::ImportResult outcome;
    const auto given_up = call.store().write([&](store::Transaction& tx) -> Result<void> {
        Change change(tx, tables.journal, call.origin());
        outcome = import_rows(tables, change, batch.on_duplicate, items);
        return fail(Code::failed_precondition, "a dry run is not kept");
    });
    if (given_up.error().code != Code::failed_precondition)
        return tl::make_unexpected(given_up.error());
    return Reply::json(outcome);
}

Result<Reply> product_import(const Tables& tables, Call& call) {
    SHOP_TRY(batch, call.body<ImportBatch>());
    const auto items = read_rows(batch.rows);
    if (batch.dry_run) return rehearse(tables, call, batch, items);
    return call.commit([&](Change& change) -> Result<Reply> {
        return Reply::json(import_rows(tables, change, batch.on_duplicate, items));
    });
}

}  // namespace

Reply product_reply(const Tables& tables, const Snapshot& snapshot, std::string_view id) {
    const Shown shown = show(tables, snapshot, id);
    Reply reply = Reply::bytes(shown.body);
    reply.etag(shown.etag);
    return reply;
}

void bind_product_routes(runtime::Service& service, const Tables& tables) {
    const auto bind = [&](std::string_view id, auto* handler) {
        service.bind(id, [&tables, handler](Call& call) { return handler(tables, call); });
    };
    bind("product_get", product_get);
    bind("product_list", product_list);
    bind("category_list", category_list);
    bind("product_create", product_create);
    bind("product_update", product_update);
    bind("product_delete", product_delete);
    bind("product_import", product_import);
}

}  // namespace shop::products
