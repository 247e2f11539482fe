#include "productd/reservations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/limits.hpp"
#include "productd/stock.hpp"

namespace shop::products {
namespace {

using api::Reservation;
using api::ReservationLine;
using api::StockLevel;

constexpr std::string_view kExpired = "expired";

bool same_lines(const Reservation& a, const Reservation& b) {
    return std::ranges::equal(a.lines, b.lines,
                              [](const ReservationLine& x, const ReservationLine& y) {
                                  return x.product_id == y.product_id && x.quantity == y.quantity;
                              });
}

std::string pointer_to(std::size_t line, std::string_view member) {
    return fmt::format("/lines/{}/{}", line, member);
}

Result<void> check_each_once(const std::vector<ReservationLine>& lines) {
    std::vector<std::string_view> seen;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::ranges::find(seen, lines[i].product_id) != seen.end())
            return fail_field(pointer_to(i, "product_id"), "is in another line already; add them");
        seen.push_back(lines[i].product_id);
    }
    return {};
}

// What is wrong with one line; fields alone.
struct Shortage {
    Code code;
    FieldError field;
};

// Marks whether the line's product is tracked, and says what is in the way.
std::optional<Shortage> check_line(const Tables& tables, const store::Snapshot& snapshot,
                                   std::size_t index, ReservationLine& line) {
    const auto level = level_of(tables, snapshot, line.product_id);
    line.tracked = level.has_value();
    if (level && level->available >= line.quantity) return std::nullopt;
    const auto product = tables.products.get(snapshot, line.product_id);
    if (!product)
        return Shortage{Code::not_found,
                        {pointer_to(index, "product_id"),
                         fmt::format("there is no product {}", line.product_id)}};
    if (!level) return std::nullopt;
    return Shortage{Code::conflict,
                    {pointer_to(index, "quantity"),
                     fmt::format("only {} of {} available",
                                 std::max(level->available, std::int64_t{0}), product->name)}};
}

// All lines or an error that names each bad one; not_found outweighs conflict.
Result<void> check_lines(const Tables& tables, const store::Snapshot& snapshot,
                         std::vector<ReservationLine>& lines) {
    Error error{Code::conflict, {}};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto shortage = check_line(tables, snapshot, i, lines[i]);
        if (!shortage) continue;
        if (shortage->code == Code::not_found) error.code = Code::not_found;
        if (!error.message.empty()) error.message += "; ";
        error.message += shortage->field.message;
        error.fields.push_back(std::move(shortage->field));
    }
    if (error.fields.empty()) return {};
    return tl::make_unexpected(std::move(error));
}

// Adds `sign` times each tracked line to what is reserved.
void reserve(const Tables& tables, events::Change& change, const Reservation& reservation,
             std::int64_t sign) {
    for (const auto& line : reservation.lines) {
        if (!line.tracked.value_or(false)) continue;
        StockLevel level = *level_of(tables, change.tx(), line.product_id);
        level.reserved += sign * line.quantity;
        put_level(tables, change, line.product_id, level);
    }
}

void sell(const Tables& tables, events::Change& change, const Reservation& reservation) {
    for (const auto& line : reservation.lines) {
        if (!line.tracked.value_or(false)) continue;
        StockLevel level = *level_of(tables, change.tx(), line.product_id);
        level.reserved -= line.quantity;
        append_movement(tables, change, line.product_id, level,
                        {"sale", -line.quantity, {}, reservation.order_id});
    }
}

void take_back(const Tables& tables, events::Change& change, const Reservation& reservation) {
    for (const auto& line : reservation.lines) {
        if (!line.tracked.value_or(false)) continue;
        // Since the sale the product may have been deleted, or its pieces may not be counted any
        // more.
        const auto level = level_of(tables, change.tx(), line.product_id);
        if (level)
            append_movement(tables, change, line.product_id, *level,
                            {"return", line.quantity, {}, reservation.order_id});
    }
}

Result<Reservation> store_as(const Tables& tables, events::Change& change,
                             Reservation reservation) {
    const auto before = tables.reservations.get(change.tx(), reservation.order_id);
    SHOP_CHECK(tables.reservations.put(change.tx(), reservation));
    change.emit("reservation." + reservation.state, reservation.order_id,
                schema::encode(reservation), before ? schema::encode(*before) : Json());
    return reservation;
}

std::vector<std::string> expired_ids(const Tables& tables, const store::Snapshot& snapshot,
                                     Time now, std::size_t count_max) {
    const std::string due = store::key_of(now.time_since_epoch().count());
    std::vector<std::string> ids;
    tables.reservations.walk(snapshot, "expiry", {}, false,
                             [&](std::string_view order_id, std::string_view position) {
                                 if (ids.size() == count_max) return false;
                                 if (position.substr(0, due.size()) > due) return false;
                                 ids.emplace_back(order_id);
                                 return true;
                             });
    return ids;
}

}  // namespace

Result<Reservation> hold(const Tables& tables, events::Change& change, const std::string& order_id,
                         Reservation asked) {
    auto& tx = change.tx();
    SHOP_CHECK(check_each_once(asked.lines));
    const auto life = asked.ttl_seconds ? std::chrono::seconds(*asked.ttl_seconds)
                                        : std::chrono::seconds(limits::kReservationLife);
    const auto before = tables.reservations.get(tx, order_id);
    const bool is_over = before && before->state == "released";
    if (is_over && before->reason != kExpired)
        return fail(Code::conflict,
                    fmt::format("the reservation of {} was released ({}); make a new order",
                                order_id, before->reason));
    if (before && !is_over) {
        if (!same_lines(*before, asked))
            return fail(
                Code::conflict,
                fmt::format("{} has a reservation with other lines; release it first", order_id));
        if (before->state == "confirmed" || before->expires_at > change.now()) return *before;
        Reservation renewed = *before;
        renewed.expires_at = change.now() + life;
        return store_as(tables, change, std::move(renewed));
    }
    SHOP_CHECK(check_lines(tables, tx, asked.lines));
    asked.order_id = order_id;
    asked.state = "held";
    asked.expires_at = change.now() + life;
    reserve(tables, change, asked, 1);
    return store_as(tables, change, std::move(asked));
}

Result<Reservation> confirm(const Tables& tables, events::Change& change,
                            std::string_view order_id) {
    SHOP_TRY(reservation, find_reservation(tables, change.tx(), order_id));
    if (reservation.state == "confirmed") return std::move(reservation);
    if (reservation.state == "released")
        return fail(Code::conflict,
                    fmt::format("the reservation of {} was released ({}); nothing is held any more",
                                order_id, reservation.reason));
    sell(tables, change, reservation);
    reservation.state = "confirmed";
    return store_as(tables, change, std::move(reservation));
}

Result<Reservation> release(const Tables& tables, events::Change& change, std::string_view order_id,
                            std::string reason) {
    SHOP_TRY(reservation, find_reservation(tables, change.tx(), order_id));
    if (reservation.state == "released") return std::move(reservation);
    if (reservation.state == "held")
        reserve(tables, change, reservation, -1);
    else
        take_back(tables, change, reservation);
    reservation.state = "released";
    reservation.reason = std::move(reason);
    return store_as(tables, change, std::move(reservation));
}

Result<Reservation> find_reservation(const Tables& tables, const store::Snapshot& snapshot,
                                     std::string_view order_id) {
    auto reservation = tables.reservations.get(snapshot, order_id);
    if (!reservation)
        return fail(Code::not_found,
                    fmt::format("{} has no reservation; put one with its lines first", order_id));
    return std::move(*reservation);
}

bool is_held(const Tables& tables, const store::Snapshot& snapshot, std::string_view product_id) {
    bool found = false;
    tables.reservations.walk_equal(snapshot, "product", product_id, {}, false,
                                   [&](std::string_view, std::string_view) {
                                       found = true;
                                       return false;
                                   });
    return found;
}

bool has_expired(const Tables& tables, const store::Snapshot& snapshot, Time now) {
    return !expired_ids(tables, snapshot, now, 1).empty();
}

std::size_t release_expired(const Tables& tables, events::Change& change, std::size_t count_max) {
    const auto ids = expired_ids(tables, change.tx(), change.now(), count_max);
    for (const auto& id : ids) {
        const auto released = release(tables, change, id, std::string(kExpired));
        assert(released);
    }
    return ids.size();
}

}  // namespace shop::products
