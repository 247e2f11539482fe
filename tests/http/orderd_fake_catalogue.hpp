// A catalogue in memory that keeps productd's promises (stock never below zero, calls idempotent by
// order id) and breaks down where a test says so.
//
// Thread safety: may be shared.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "orderd/catalogue.hpp"
#include "orderd/counterpart.hpp"

namespace shop::test {

// What stands in for the death of the process in the middle of a call.
struct Crash {};

class FakeCatalogue final : public orders::Catalogue, public orders::Counterpart {
public:
    enum class When { before, after };  // the effect
    enum class How { silence, crash };
    struct Fault {
        std::string operation;  // "find", "find_many", "reserve", "confirm", "release"
        When when = When::before;
        How how = How::silence;
        int times = 1;
    };

    // A product with this SKU and so many pieces; a negative stock is not tracked.
    api::Product add(const std::string& sku, std::int64_t price, std::int64_t stock,
                     const std::string& currency = "GBP") {
        const std::lock_guard lock(mutex_);
        api::Product product;
        product.number = static_cast<std::int64_t>(items_.size()) + 1;
        product.id = fmt::format("prd_{:032x}", product.number);
        product.sku = sku;
        product.name = "The " + sku;
        product.slug = "the-" + sku;
        product.price = {price, currency};
        product.track_stock = stock >= 0;
        items_.push_back({product, stock, stock, 0});
        return product;
    }
    void set_price(const std::string& sku, Money price) {
        const std::lock_guard lock(mutex_);
        item(sku).product.price = std::move(price);
    }
    void remove(const std::string& sku) {
        const std::lock_guard lock(mutex_);
        item(sku).gone = true;
    }
    void set_down(bool down) {
        const std::lock_guard lock(mutex_);
        down_ = down;
    }
    void add_fault(Fault fault) {
        const std::lock_guard lock(mutex_);
        faults_.push_back(std::move(fault));
    }
    // Frees what the order holds, as productd does when the time is over.
    void expire(const std::string& order_id) {
        const std::lock_guard lock(mutex_);
        give_back(held_.at(order_id), "expired");
    }
    // Runs inside each reserve, before its effect, without a lock.
    void on_reserve(std::function<void()> hook) { reserve_hook_ = std::move(hook); }

    struct Figures {
        std::int64_t on_hand, reserved;
        bool operator==(const Figures&) const = default;
    };
    Figures figures(const std::string& sku) const {
        const std::lock_guard lock(mutex_);
        const Item& found = const_cast<FakeCatalogue*>(this)->item(sku);
        return {found.on_hand, found.reserved};
    }
    std::string reservation(const std::string& order_id) const {
        const std::lock_guard lock(mutex_);
        const auto at = held_.find(order_id);
        return at == held_.end() ? "none" : at->second.state;
    }
    std::size_t confirmed_count() const {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count_if(
            held_, [](const auto& entry) { return entry.second.state == "confirmed"; }));
    }
    int calls(const std::string& operation) const {
        const std::lock_guard lock(mutex_);
        const auto at = calls_.find(operation);
        return at == calls_.end() ? 0 : at->second;
    }

    Result<api::Product> find(const events::Origin&, std::string_view ref) override {
        return faulty<api::Product>("find", [&]() -> Result<api::Product> {
            for (const auto& item : items_) {
                const auto& p = item.product;
                const bool named = ref == p.id || ref == p.sku || ref == p.slug ||
                                   ref == std::to_string(p.number) ||
                                   ref == fmt::format("number:{}", p.number);
                if (named && !item.gone) return shown(item);
            }
            return fail(Code::not_found, fmt::format("there is no product {}", ref));
        });
    }
    Result<std::vector<api::Product>> find_many(const events::Origin&,
                                                const std::vector<std::string>& ids) override {
        using Products = std::vector<api::Product>;
        return faulty<Products>("find_many", [&]() -> Result<Products> {
            Products found;
            for (const auto& id : ids)
                for (const auto& item : items_)
                    if (item.product.id == id && !item.gone) found.push_back(shown(item));
            return found;
        });
    }
    Result<void> reserve(const events::Origin&, const api::Order& order) override {
        if (reserve_hook_) reserve_hook_();
        return faulty<void>("reserve", [&] { return hold(order); });
    }
    Result<void> confirm(const events::Origin&, const std::string& order_id) override {
        return faulty<void>("confirm", [&]() -> Result<void> {
            const auto at = held_.find(order_id);
            if (at == held_.end()) return fail(Code::not_found, "no reservation");
            if (at->second.state == "released") return fail(Code::conflict, "released");
            if (at->second.state == "held") move(at->second, 1);
            at->second.state = "confirmed";
            return {};
        });
    }
    Result<void> release(const events::Origin&, const std::string& order_id) override {
        return faulty<void>("release", [&]() -> Result<void> {
            const auto at = held_.find(order_id);
            if (at != held_.end()) give_back(at->second, "cancelled");
            return {};
        });
    }
    Result<std::vector<api::Reservation>> reservations(const events::Origin&,
                                                       const orders::IdRange& range) override {
        using Found = std::vector<api::Reservation>;
        if (reservations_hook_) reservations_hook_();
        return faulty<Found>("reservations", [&]() -> Result<Found> {
            Found found;
            for (const auto& [order_id, held] : held_) {
                const bool inside =
                    order_id > range.after && (range.until.empty() || order_id <= range.until);
                if (inside) found.push_back(shown(order_id, held));
            }
            return found;
        });
    }
    Result<void> take_snapshot(const events::Origin&, const std::string& id) override {
        if (snapshot_hook_) snapshot_hook_();
        return faulty<void>("take_snapshot", [&]() -> Result<void> {
            snapshots_.push_back(id);
            return {};
        });
    }
    std::vector<std::string> snapshots() const {
        const std::lock_guard lock(mutex_);
        return snapshots_;
    }
    // Runs inside each take_snapshot, without a lock.
    void on_snapshot(std::function<void()> hook) { snapshot_hook_ = std::move(hook); }
    // Runs before each look at the reservations, without a lock.
    void on_reservations(std::function<void()> hook) { reservations_hook_ = std::move(hook); }
    // As a damaged store would have it; an empty state: none.
    void set_reservation(const std::string& order_id, const std::string& state) {
        const std::lock_guard lock(mutex_);
        if (state.empty())
            held_.erase(order_id);
        else
            held_[order_id].state = state;
    }
    void drop_line(const std::string& order_id) {
        const std::lock_guard lock(mutex_);
        held_.at(order_id).lines.pop_back();
    }

    Result<void> ping() override {
        return faulty<void>("ping", []() -> Result<void> { return {}; });
    }

private:
    struct Item {
        api::Product product;
        std::int64_t initial, on_hand, reserved;
        bool gone = false;
        bool tracked() const { return initial >= 0; }
    };
    struct Held {
        std::string state;
        std::string reason;
        std::vector<api::Line> lines;
    };

    static api::Reservation shown(const std::string& order_id, const Held& held) {
        api::Reservation reservation{.order_id = order_id, .state = held.state};
        for (const auto& line : held.lines)
            reservation.lines.push_back({line.product_id, line.quantity});
        return reservation;
    }
    Item& item(const std::string& sku) {
        return *std::ranges::find(items_, sku, [](const Item& i) { return i.product.sku; });
    }
    Item* by_id(const std::string& id) {
        const auto at = std::ranges::find(items_, id, [](const Item& i) { return i.product.id; });
        return at == items_.end() || at->gone ? nullptr : &*at;
    }
    static api::Product shown(const Item& item) {
        auto product = item.product;
        if (item.tracked())
            product.stock =
                api::StockLevel{item.on_hand, item.reserved, item.on_hand - item.reserved, 1};
        return product;
    }

    template <class T, class Work>
    Result<T> faulty(const std::string& operation, const Work& work) {
        const std::lock_guard lock(mutex_);
        ++calls_[operation];
        if (down_) return Failure(orders::catalogue_down("try again in a moment"));
        const auto fault = std::ranges::find_if(
            faults_, [&](const Fault& f) { return f.operation == operation && f.times > 0; });
        if (fault == faults_.end()) return work();
        --fault->times;
        if (fault->when == When::after) (void)work();
        if (fault->how == How::crash) throw Crash{};
        return Failure(orders::catalogue_down("try again in a moment"));
    }

    Result<void> hold(const api::Order& order) {
        auto& held = held_[order.id];
        if (held.state == "held" || held.state == "confirmed") return {};
        if (held.state == "released" && held.reason != "expired")
            return fail(Code::conflict, "released");
        Error missing{Code::conflict, {}};
        for (std::size_t i = 0; i < order.lines.size(); ++i) {
            const auto& line = order.lines[i];
            const Item* product = by_id(line.product_id);
            if (!product) return fail(Code::not_found, "there is no product " + line.sku);
            const auto available = product->on_hand - product->reserved;
            if (product->tracked() && available < line.quantity) {
                missing.message = fmt::format("only {} of {} available", available, line.name);
                missing.fields.push_back({fmt::format("/lines/{}/quantity", i), missing.message});
            }
        }
        if (!missing.fields.empty()) {
            held_.erase(order.id);
            return Failure(std::move(missing));
        }
        held = {"held", "", order.lines};
        for (const auto& line : held.lines) reserved(line) += line.quantity;
        return {};
    }
    void move(Held& held, std::int64_t sign) {  // from held to sold
        for (const auto& line : held.lines) {
            reserved(line) -= sign * line.quantity;
            if (Item* product = by_id(line.product_id)) product->on_hand -= sign * line.quantity;
        }
    }
    void give_back(Held& held, const std::string& reason) {
        for (const auto& line : held.lines) {
            if (held.state == "held") reserved(line) -= line.quantity;
            Item* product = by_id(line.product_id);
            if (held.state == "confirmed" && product) product->on_hand += line.quantity;
        }
        held.state = "released";
        held.reason = reason;
    }
    std::int64_t& reserved(const api::Line& line) { return by_id(line.product_id)->reserved; }

    mutable std::mutex mutex_;
    std::vector<Item> items_;
    std::vector<std::string> snapshots_;
    std::function<void()> snapshot_hook_;
    std::function<void()> reservations_hook_;
    std::map<std::string, Held> held_;
    std::map<std::string, int> calls_;
    std::vector<Fault> faults_;
    bool down_ = false;
    std::function<void()> reserve_hook_;
};

}  // namespace shop::test
