// Properties of carts that hold for any lines.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "base/limits.hpp"
#include "orderd/cart.hpp"
#include "orderd_shop.hpp"

namespace shop::test {
namespace {

__extension__ typedef __int128 Amount;  // wide enough for any sum here

struct Piece {
    std::int64_t price, quantity;
};

std::vector<Piece> some_pieces() {
    const auto piece =
        rc::gen::construct<Piece>(rc::gen::inRange<std::int64_t>(0, limits::kPriceMinorMax + 1),
                                  rc::gen::inRange<std::int64_t>(1, limits::kQuantityMax + 1));
    return *rc::gen::resize(40, rc::gen::container<std::vector<Piece>>(piece));
}

api::Product product_of(std::size_t index, std::int64_t price) {
    api::Product product;
    product.id = fmt::format("prd_{:032x}", index);
    product.number = static_cast<std::int64_t>(index) + 1;
    product.sku = fmt::format("P{}", index);
    product.name = product.sku;
    product.price = {price, "GBP"};
    return product;
}

TEST_CASE("totals: the total is the sum of the lines, or too large to be one", "[orderd]") {
    OrderShop shop;
    rc::check([&] {
        api::Cart cart;
        cart.user_id = "u";
        Amount expected = 0;
        const auto pieces = some_pieces();
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            RC_ASSERT(orders::add_pieces(cart, product_of(i, pieces[i].price), pieces[i].quantity)
                          .has_value());
            expected += Amount{pieces[i].price} * pieces[i].quantity;
        }
        const auto saved = shop.save(cart);
        const bool fits = expected <= std::numeric_limits<std::int64_t>::max();
        RC_ASSERT(saved.has_value() == fits);
        if (!fits) {
            RC_ASSERT(saved.error().code == Code::invalid_argument);
            return;
        }
        RC_ASSERT(Amount{cart.total.amount} == expected);
        for (std::size_t i = 0; i < pieces.size(); ++i)
            RC_ASSERT(cart.lines[i].total.amount == pieces[i].price * pieces[i].quantity);
    });
}

TEST_CASE("totals: pieces added in parts are the same as added at once", "[orderd]") {
    rc::check([] {
        const auto parts = *rc::gen::nonEmpty(
            rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 1000)));
        const auto product = product_of(0, 295);
        api::Cart in_parts;
        api::Cart at_one_time;
        std::int64_t sum = 0;
        for (const auto part : parts) {
            RC_ASSERT(orders::add_pieces(in_parts, product, part).has_value());
            sum += part;
        }
        RC_ASSERT(orders::add_pieces(at_one_time, product, sum).has_value());
        RC_ASSERT(in_parts.lines.size() == 1U);
        RC_ASSERT(in_parts.lines[0].quantity == at_one_time.lines[0].quantity);
    });
}

TEST_CASE("subtract: what was ordered goes, what came later stays, nothing is below one",
          "[orderd]") {
    rc::check([] {
        const auto quantities = *rc::gen::container<std::vector<std::pair<int, int>>>(
            rc::gen::pair(rc::gen::inRange(0, 5), rc::gen::inRange(0, 5)));
        api::Cart cart;
        std::vector<api::Line> ordered;
        for (std::size_t i = 0; i < quantities.size(); ++i) {
            const auto [bought, in_cart] = quantities[i];
            api::Line line;
            line.product_id = product_of(i, 1).id;
            line.quantity = bought;
            if (bought > 0) ordered.push_back(line);
            line.quantity = in_cart;
            if (in_cart > 0) cart.lines.push_back(line);
        }
        orders::subtract(cart, ordered);
        for (std::size_t i = 0; i < quantities.size(); ++i) {
            const auto* line = orders::find_line(cart, product_of(i, 1).id);
            const int left = std::max(quantities[i].second - quantities[i].first, 0);
            RC_ASSERT((line ? line->quantity : 0) == left);
        }
    });
}

}  // namespace
}  // namespace shop::test
