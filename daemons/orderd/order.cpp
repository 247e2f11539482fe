#include "orderd/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/id.hpp"
#include "base/text.hpp"
#include "orderd/checkouts.hpp"

namespace shop::orders {
namespace {

using api::Order;

struct Move {
    std::string_view from;
    std::string_view to;
    bool operator==(const Move&) const = default;
};
constexpr std::array kMoves = {
    Move{state::kPending, state::kPlaced},
    Move{state::kPending, state::kCancelled},
    Move{state::kPlaced, state::kFulfilled},
    Move{state::kPlaced, state::kCancelled},
};

constexpr std::string_view kOrderPrefix = "ord";
constexpr std::size_t kIdBytes = 36;
// The longest position has a user's id, a state, a zero byte and an order's id.
constexpr std::size_t kPositionBytesMax = 128;
// For one page, where most do not belong to it: some hundredths of a second.
constexpr std::size_t kLookedAtMax = 20'000;
// How far the machine's clock may have been set back between an order and one that came later.
constexpr auto kClockSetBackMax = std::chrono::hours(1);

Result<std::string> read_cursor(const std::string& cursor) {
    auto position = from_base64url(cursor);
    const bool ours = position && position->size() >= kIdBytes &&
                      position->size() <= kPositionBytesMax &&
                      is_id(position->substr(position->size() - kIdBytes), kOrderPrefix);
    if (!ours) return fail_field("cursor", "is not one that a list gave; start anew without it");
    return std::move(*position);
}

Failure no_order(std::string_view ref) {
    return fail(Code::not_found,
                fmt::format("there is no order {} among those that you may see", ref));
}

void walk_orders(const Tables& tables, const store::Snapshot& snapshot, const OrderFilter& filter,
                 const store::CollectionBase::Walk& visit) {
    const auto& orders = tables.orders;
    if (filter.user_id.empty() && filter.state.empty())
        orders.walk(snapshot, "", filter.after, true, visit);
    else if (filter.state.empty())
        orders.walk_equal(snapshot, "user", filter.user_id, filter.after, true, visit);
    else if (filter.user_id.empty())
        orders.walk_equal(snapshot, "state", filter.state, filter.after, true, visit);
    else
        orders.walk_equal(snapshot, "user_state", user_state_key(filter.user_id, filter.state),
                          filter.after, true, visit);
}

// What stands behind `"name":` in an order as it is stored, without a parse: a text without
// escapes, or a number. Quotes inside of texts are escaped, so that `"name":` is always a member,
// and the members that are asked for here are none of a line's.
std::string_view stored_value(std::string_view document, std::string_view name) {
    const auto at = document.find(name);
    if (at == std::string_view::npos) return {};
    const auto value = document.substr(at + name.size());
    if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
    return value.substr(0, value.find_first_of(",}"));
}

bool is_searched(const OrderFilter& filter, std::string_view document) {
    if (!filter.number && filter.name_part.empty()) return true;
    if (filter.number && parse_int(stored_value(document, R"("number":)")) == filter.number)
        return true;
    if (filter.name_part.empty()) return false;
    const std::string name = to_lower(stored_value(document, R"("username":)"));
    return name.find(filter.name_part) != std::string::npos;
}

enum class Fit { yes, no, none_behind };

Fit fit(const OrderFilter& filter, std::string_view document) {
    if (filter.since || filter.until) {
        const auto created = parse_time(stored_value(document, R"("created_at":)"));
        if (!created) return Fit::no;
        if (filter.since && *created < *filter.since)
            return *created + kClockSetBackMax < *filter.since ? Fit::none_behind : Fit::no;
        if (filter.until && *created >= *filter.until) return Fit::no;
    }
    return is_searched(filter, document) ? Fit::yes : Fit::no;
}

Result<void> read_search(const auth::Principal& principal, const std::string& text,
                         OrderFilter& filter) {
    filter.number = parse_int(text);
    if (principal.may(auth::scope::kOrdersRead)) {
        filter.name_part = to_lower(text);
        return {};
    }
    if (!filter.number)
        return fail_field("q", "is no order's number; your own orders are found by their numbers");
    return {};
}

}  // namespace

Result<void> move_order(const Tables& tables, events::Change& change, Order& order,
                        std::string_view to) {
    if (std::ranges::find(kMoves, Move{order.state, to}) == kMoves.end())
        return fail(
            Code::conflict,
            fmt::format("order {} is {}, so it can't become {}{}", order.number, order.state, to,
                        order.state == state::kPending
                            ? "; its checkout is under way, try again in a moment"
                            : ""));
    order.state = to;
    ++order.version;
    order.updated_at = change.now();
    if (to == state::kPlaced) order.placed_at = change.now();
    if (to == state::kFulfilled) order.fulfilled_at = change.now();
    if (to == state::kCancelled) order.cancelled_at = change.now();
    const auto before = tables.orders.get(change.tx(), order.id);
    SHOP_CHECK(tables.orders.put(change.tx(), order));
    change.emit("order." + order.state, order.id, schema::encode(order),
                before ? schema::encode(*before) : Json());
    return {};
}

Result<Order> find_order(const Tables& tables, const store::Snapshot& snapshot,
                         const auth::Principal& principal, std::string_view ref) {
    std::optional<Order> order;
    if (is_id(ref, kOrderPrefix))
        order = tables.orders.get(snapshot, ref);
    else if (const auto number = parse_int(ref))
        order = tables.orders.get_by(snapshot, "number", store::key_of(*number));
    const bool visible =
        order && (order->user_id == principal.user_id || principal.may(auth::scope::kOrdersRead));
    if (!visible) return no_order(ref);
    return std::move(*order);
}

Result<OrderFilter> filter_of(const auth::Principal& principal, const api::OrderQuery& query) {
    OrderFilter filter;
    filter.limit = static_cast<std::size_t>(query.limit);
    filter.state = query.state.value_or("");
    const bool own = !principal.may(auth::scope::kOrdersRead) || query.user == "me";
    if (own) {
        filter.user_id = principal.user_id;
    } else if (query.user) {
        if (!is_id(*query.user, "usr"))
            return fail_field("user", "is neither a user's id (usr_…) nor `me`");
        filter.user_id = *query.user;
    }
    if (query.q) SHOP_CHECK(read_search(principal, *query.q, filter));
    if (query.since && query.until && *query.until <= *query.since)
        return fail_field("until", "is not later than since, so that no order lies between them");
    filter.since = query.since;
    filter.until = query.until;
    if (query.cursor) {
        SHOP_TRY(after, read_cursor(*query.cursor));
        filter.after = std::move(after);
    }
    return filter;
}

Page list_orders(const Tables& tables, const store::Snapshot& snapshot, const OrderFilter& filter) {
    Page page;
    std::string last;
    std::size_t looked_at = 0;
    walk_orders(tables, snapshot, filter, [&](std::string_view id, std::string_view position) {
        if (looked_at == kLookedAtMax) {
            page.next_cursor = base64url(last);
            return false;
        }
        const auto document = tables.orders.raw(snapshot, id).value();
        const Fit fits = fit(filter, document);
        if (fits == Fit::none_behind) return false;
        if (fits == Fit::yes && page.items.size() == filter.limit) {
            page.next_cursor = base64url(last);
            return false;
        }
        if (fits == Fit::yes) page.items.emplace_back(document);
        ++looked_at;
        last = position;
        return true;
    });
    return page;
}

Result<void> may_cancel(const auth::Principal& principal, const Order& order) {
    if (order.user_id == principal.user_id || principal.may(auth::scope::kOrdersCancel)) return {};
    return fail(Code::permission_denied,
                fmt::format("order {} is somebody else's; it takes the right orders:cancel to "
                            "cancel it",
                            order.number));
}

Result<void> cancel_order(const Tables& tables, events::Change& change, Order& order,
                          std::string reason) {
    if (order.state != state::kPlaced)
        return fail(Code::conflict,
                    fmt::format("order {} is {}; only a placed order can be cancelled",
                                order.number, order.state));
    order.reason = std::move(reason);
    SHOP_CHECK(move_order(tables, change, order, state::kCancelled));
    return queue_release(tables, change, order);
}

}  // namespace shop::orders
