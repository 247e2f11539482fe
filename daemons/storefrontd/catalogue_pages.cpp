// What everybody sees alike: home, lists and products. The content is kept (page_cache.hpp); what
// differs from visitor to visitor is around it.
#include <fmt/format.h>

#include <functional>

#include "base/text.hpp"
#include "storefrontd/cards.hpp"
#include "storefrontd/forms.hpp"
#include "storefrontd/needs.hpp"
#include "storefrontd/pages.hpp"
#include "storefrontd/words.hpp"

namespace shop::storefront {
namespace {

using runtime::Call;
using runtime::Reply;

constexpr std::size_t kHomeProducts = 24;
constexpr std::size_t kListProducts = 48;
constexpr std::size_t kRelated = 4;
constexpr std::size_t kDescriptionBytes = 160;  // what search engines show
constexpr std::size_t kEager = 8;               // pictures that are seen at once

struct Made {
    std::string title;
    std::string_view name;  // of the template
    Json model;
    std::string product_id = {};
    std::string description = {};
};

// The page under this key: kept, or made now. While productd is silent an old one is better than
// none.
Result<Reply> kept(Visit& visit, const std::string& key,
                   const std::function<Result<Made>()>& make) {
    Desk& desk = visit.desk();
    const std::uint64_t look = desk.theme.generation();
    visit.set_path(key);
    auto [page, fresh] = desk.pages.find(key);
    if (!fresh || page->look != look) {
        const std::uint64_t position = desk.pages.position();
        auto made = make();
        if (!made && (!page || !is_silence(made.error()))) return tl::make_unexpected(made.error());
        if (made) {
            KeptPage fresh_page{made->title,
                                made->description,
                                visit.content(made->name, std::move(made->model)),
                                made->product_id,
                                look,
                                {}};
            Visit guest = visit.as_guest();
            guest.describe(made->description);
            fresh_page.for_guests =
                guest.cut(guest.whole("layout", fresh_page.title, fresh_page.content));
            page = std::make_shared<const KeptPage>(std::move(fresh_page));
            desk.pages.keep(key, page, position);
        } else {
            visit.notice("notice_catalogue_down");
        }
    }
    visit.describe(page->description);
    if (visit.is_plain_guest()) return visit.html(visit.joined(page->for_guests));
    return visit.html(visit.joined(visit.cut(visit.whole("layout", page->title, page->content))));
}

Result<api::ProductPage> list(Visit& visit, Fields::Pairs query) {
    api::CallOptions options;
    options.query = std::move(query);
    options.token = "";
    return visit.call<api::ProductPage>(catalogue_needs(), "product_list", {}, options);
}

Result<Reply> down(Visit& visit, std::string_view name, const std::string& title) {
    visit.notice("notice_catalogue_down");
    auto reply = visit.page(name, title, {{"is_down", true}, {"heading", title}}, 503);
    reply.headers.set("retry-after", "5");
    return reply;
}

Json category_tiles(Visit& visit) {
    Json tiles = Json::array();
    for (const auto& category : *visit.desk().categories.list())
        tiles.push_back({{"name", category.name},
                         {"href", address_of_category(category.name)},
                         {"count", count_text(category.products, "thing", "things")},
                         {"picture", "/art/" + slugify(category.name)}});
    return tiles;
}

Result<Reply> home(Visit& visit, Call&) {
    auto reply = kept(visit, "/", [&]() -> Result<Made> {
        SHOP_TRY(page, list(visit, {{"limit", std::to_string(kHomeProducts)},
                                    {"in_stock", "true"},
                                    {"sort", "-number"}}));
        return Made{visit.text("tagline"), "home",
                    Json{{"products", cards_of(page.items, kEager)},
                         {"has_products", !page.items.empty()},
                         {"categories", category_tiles(visit)},
                         {"is_down", false}},
                    "", visit.text("home_description")};
    });
    if (!reply && is_silence(reply.error())) return down(visit, "home", visit.text("tagline"));
    return reply;
}

// What somebody asked a list for.
struct Wanted {
    std::string q;
    std::string category;
    std::string price_min;
    std::string price_max;
    std::string sort = "number";
    bool in_stock = false;
    std::string cursor;

    // In one order, so that a page is kept once; without what says nothing.
    std::string address(const std::string& at_cursor) const {
        std::string out;
        const auto add = [&](std::string_view name, const std::string& value) {
            if (value.empty()) return;
            out += fmt::format("{}{}={}", out.empty() ? '?' : '&', name, percent_encode(value));
        };
        add("q", q);
        add("category", category);
        add("price_min", price_min);
        add("price_max", price_max);
        add("in_stock", in_stock ? "1" : "");
        add("sort", sort == "number" ? "" : sort);
        add("cursor", at_cursor);
        return "/products" + out;
    }
    bool has_filters() const {
        return !q.empty() || !category.empty() || !price_min.empty() || !price_max.empty() ||
               in_stock;
    }
};

constexpr std::pair<std::string_view, std::string_view> kSorts[] = {
    {"number", "Our own order"},
    {"-number", "Newest first"},
    {"name", "Name"},
    {"price", "Price, low to high"},
    {"-price", "Price, high to low"}};

Wanted wanted_of(const Fields& query) {
    Wanted wanted;
    wanted.q = std::string(trim(query.get("q").substr(0, 200)));
    wanted.category = query.get("category");
    wanted.price_min = std::string(trim(query.get("price_min")));
    wanted.price_max = std::string(trim(query.get("price_max")));
    wanted.in_stock = query.has("in_stock");
    wanted.cursor = query.get("cursor");
    for (const auto& [value, label] : kSorts)
        if (query.get("sort") == value) wanted.sort = value;
    return wanted;
}

// The query of the list; the error says what is wrong with a price.
Result<Fields::Pairs> list_query(const Wanted& wanted, const std::string& currency) {
    Fields::Pairs query = {{"limit", std::to_string(kListProducts)}, {"sort", wanted.sort}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) query.emplace_back(name, value);
    };
    add("q", wanted.q);
    add("category", wanted.category);
    add("in_stock", wanted.in_stock ? "true" : "");
    add("cursor", wanted.cursor);
    const auto add_price = [&](const char* name, const std::string& value) -> Result<void> {
        if (value.empty()) return {};
        const auto money = parse_money(value, currency);
        if (!money || money->amount < 0)
            return fail(Code::invalid_argument, "Write a price like 2.50.");
        query.emplace_back(name, std::to_string(money->amount));
        return {};
    };
    SHOP_CHECK(add_price("price_min", wanted.price_min));
    SHOP_CHECK(add_price("price_max", wanted.price_max));
    return query;
}

std::string heading_of(Visit& visit, const Wanted& wanted) {
    if (!wanted.q.empty()) return fmt::format("{} {}", visit.text("search_heading"), wanted.q);
    return wanted.category.empty() ? visit.text("everything") : wanted.category;
}

Json filter_model(Visit& visit, const Wanted& wanted) {
    Json sorts = Json::array();
    for (const auto& [value, label] : kSorts)
        sorts.push_back({{"value", value}, {"label", label}, {"is_current", value == wanted.sort}});
    Json categories = Json::array();
    for (const auto& category : *visit.desk().categories.list())
        categories.push_back(
            {{"name", category.name}, {"is_current", category.name == wanted.category}});
    Json model = {{"heading", heading_of(visit, wanted)},
                  {"categories", categories},
                  {"price_min", wanted.price_min},
                  {"price_max", wanted.price_max},
                  {"in_stock", wanted.in_stock},
                  {"sorts", sorts},
                  {"has_filters", wanted.has_filters()},
                  {"is_down", false},
                  {"currency", currency_sign(visit.desk().currency)}};
    if (!wanted.q.empty()) model["search"] = wanted.q;
    if (!wanted.category.empty()) model["category"] = wanted.category;
    return model;
}

Result<Reply> products(Visit& visit, Call&) {
    const Wanted wanted = wanted_of(visit.query());
    const std::string heading = heading_of(visit, wanted);
    auto query = list_query(wanted, visit.desk().currency);
    if (!query) {
        Json model = filter_model(visit, wanted);
        model["error_price"] = query.error().message;
        model["has_products"] = false;
        return visit.page("products", heading, std::move(model), 400);
    }
    auto reply = kept(visit, wanted.address(wanted.cursor), [&]() -> Result<Made> {
        SHOP_TRY(page, list(visit, *query));
        Json model = filter_model(visit, wanted);
        model["products"] = cards_of(page.items, kEager);
        model["has_products"] = !page.items.empty();
        if (!page.next_cursor && wanted.cursor.empty())
            model["count_text"] = count_text(std::ssize(page.items), "thing", "things");
        Json pager = Json::object();
        if (!wanted.cursor.empty()) pager["first"] = wanted.address("");
        if (page.next_cursor) pager["next"] = wanted.address(*page.next_cursor);
        if (!pager.empty()) model["pager"] = pager;
        return Made{heading, "products", std::move(model)};
    });
    if (!reply && is_silence(reply.error())) return down(visit, "products", heading);
    return reply;
}

Json product_model(const api::Product& product) {
    Json paragraphs = Json::array();
    for (const auto line : split(product.description, '\n'))
        if (!trim(line).empty()) paragraphs.push_back(std::string(trim(line)));
    Json model = {{"name", product.name},
                  {"sku", product.sku},
                  {"slug", product.slug},
                  {"price", price_text(product.price)},
                  {"paragraphs", std::move(paragraphs)},
                  {"picture", picture_of(product, 1200)},
                  {"picture_alt", product.name},
                  {"is_sold_out", is_sold_out(product)},
                  {"is_low", is_low(product)},
                  {"left", product.stock ? number_text(product.stock->available) : ""},
                  {"quantity_max", std::to_string(most_of(product))},
                  {"category", false},
                  {"category_href", false}};
    if (!product.category.empty()) {
        model["category"] = product.category;
        model["category_href"] = address_of_category(product.category);
    }
    return model;
}

// Others of its category; none where they can't be had, since the product is what counts.
Json related_to(Visit& visit, const api::Product& product) {
    if (product.category.empty()) return Json::array();
    auto page = list(visit, {{"limit", std::to_string(kRelated + 1)},
                             {"category", product.category},
                             {"in_stock", "true"},
                             {"sort", "-number"}});
    if (!page) return Json::array();
    std::erase_if(page->items, [&](const api::Product& other) { return other.id == product.id; });
    page->items.resize(std::min(page->items.size(), kRelated));
    return cards_of(page->items, 0);
}

Result<Reply> product(Visit& visit, Call& call) {
    const std::string slug = call.param("slug");
    return kept(visit, "/product/" + percent_encode(slug), [&]() -> Result<Made> {
        auto product =
            visit.call<api::Product>(catalogue_needs(), "product_get", {slug}, {.token = ""});
        if (!product && product.error().code == Code::not_found)
            return fail(Code::not_found, visit.text("product_gone"));
        SHOP_CHECK(product);
        const Json related = related_to(visit, *product);
        return Made{product->name, "product",
                    Json{{"product", product_model(*product)},
                         {"quantity", "1"},
                         {"can_order", true},
                         {"related", related},
                         {"has_related", !related.empty()}},
                    product->id, shorten(product->description, kDescriptionBytes)};
    });
}

constexpr PageRow kPages[] = {{"home", auth::scope::kOpen, home},
                              {"products", auth::scope::kOpen, products},
                              {"product", auth::scope::kOpen, product}};

}  // namespace

std::span<const PageRow> catalogue_pages() { return kPages; }

}  // namespace shop::storefront
