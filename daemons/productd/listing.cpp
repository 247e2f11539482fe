#include "productd/listing.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "productd/filter.hpp"
#include "productd/products.hpp"

namespace shop::products {
namespace {

using api::ProductQuery;

constexpr std::size_t kNumberKeyBytes = 8;
constexpr std::size_t kPositionBytesMax =
    400;  // the longest entry of a sorting index has under 300

// The index to walk, from where, and which of its positions belong to the list.
struct Route {
    std::string sort;    // as in the query
    std::string index;   // "number", "name", "price", "category"
    std::string prefix;  // of its positions; cut off in cursors
    std::string after;   // position to go on behind; empty: from the start
    bool reverse = false;
};

// A cursor is the sort order and the position in it, so that a cursor of one order is not taken for
// one of another.
std::string make_cursor(const Route& route, std::string_view position) {
    return base64url(route.sort + '\n' + std::string(position.substr(route.prefix.size())));
}

Result<std::string> read_cursor(const std::string& cursor, const std::string& sort) {
    const auto text = from_base64url(cursor);
    const auto end = text ? text->find('\n') : std::string::npos;
    if (end == std::string::npos)
        return fail_field("cursor", "is not one that a list gave; start anew without it");
    if (text->substr(0, end) != sort)
        return fail_field("cursor", fmt::format("belongs to a list in another order than {}; start "
                                                "anew without it",
                                                sort));
    std::string position = text->substr(end + 1);
    const bool by_number = sort.ends_with("number");
    if (position.empty() || position.size() > kPositionBytesMax ||
        (by_number && position.size() != kNumberKeyBytes))
        return fail_field("cursor", "is not one that a list gave; start anew without it");
    return position;
}

Result<Route> route_of(const ProductQuery& query) {
    Route route;
    route.sort = query.sort.value_or("number");
    route.reverse = route.sort.starts_with('-');
    route.index = route.sort.substr(route.reverse ? 1 : 0);
    if (route.index == "number" && query.category) {
        route.index = "category";
        route.prefix = category_key(*query.category);
    }
    if (query.cursor) {
        SHOP_TRY(position, read_cursor(*query.cursor, route.sort));
        route.after = route.prefix + position;
    } else if (!route.prefix.empty()) {
        route.after = route.prefix;
        if (route.reverse) ++route.after.back();  // behind the last of the category
    }
    return route;
}

Result<std::vector<std::string_view>> read_refs(const ProductQuery& query) {
    if (query.cursor || query.q || query.category || query.price_min || query.price_max ||
        query.in_stock || query.stock_max || query.sort)
        return fail_field("ref",
                          "names products one by one; leave the filters, sort and cursor "
                          "out");
    auto refs = split(*query.ref, ',');
    if (refs.size() > limits::kPageItemsMax)
        return fail_field("ref", fmt::format("names {} products; ask for at most {} at once",
                                             refs.size(), limits::kPageItemsMax));
    return refs;
}

}  // namespace

Result<Page> list_products(const Tables& tables, const store::Snapshot& snapshot,
                           const ProductQuery& query) {
    if (query.price_min && query.price_max && *query.price_min > *query.price_max)
        return fail_field("price_min", "must not be above price_max");
    SHOP_TRY(route, route_of(query));
    const Filter filter(tables, snapshot, query);
    Page page;
    std::string last;
    const auto visit = [&](std::string_view id, std::string_view position) {
        if (!position.starts_with(route.prefix)) return false;
        const auto document = *tables.products.raw(snapshot, id);
        if (!filter.passes(id, document)) return true;
        if (std::ssize(page.items) == query.limit) {
            page.next_cursor = make_cursor(route, last);
            return false;
        }
        page.items.push_back(with_stock(tables, snapshot, id, document));
        last = position;
        return true;
    };
    tables.products.walk(snapshot, route.index, route.after, route.reverse, visit);
    return page;
}

api::CategoryList list_categories(const Tables& tables, const store::Snapshot& snapshot) {
    api::CategoryList list;
    std::string group;
    tables.products.walk(
        snapshot, "category", "", false, [&](std::string_view id, std::string_view position) {
            const auto key = position.substr(0, position.size() - kNumberKeyBytes);
            if (list.items.empty() || key != group) {
                if (list.items.size() == api::kCategoriesMax) return false;
                group = key;
                list.items.push_back({tables.products.get(snapshot, id)->category, 0});
            }
            ++list.items.back().products;
            return true;
        });
    return list;
}

Result<Page> list_named(const Tables& tables, const store::Snapshot& snapshot,
                        const ProductQuery& query) {
    SHOP_TRY(refs, read_refs(query));
    Page page;
    for (const auto ref : refs) {
        const auto id = find_id(tables, snapshot, ref);
        if (!id) continue;
        page.items.push_back(
            with_stock(tables, snapshot, *id, *tables.products.raw(snapshot, *id)));
    }
    return page;
}

}  // namespace shop::products
