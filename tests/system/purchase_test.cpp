// One whole purchase, step by step, with the real programs.
#include <set>

#include "support/running_shop.hpp"

using namespace shop;

namespace {

std::int64_t on_hand(const test::RunningShop& shop) {
    const Json level = shop.json({"stock", "get", "TEA-1"});
    CHECK(level["reserved"] == 0);
    CHECK(level["available"] == level["on_hand"]);
    return level["on_hand"].get<std::int64_t>();
}

std::multiset<std::string> event_types(const test::RunningShop& shop) {
    std::multiset<std::string> out;
    for (const Json& event : shop.json({"event", "list", "--limit", "1000"}))
        out.insert(event["type"].get<std::string>());
    return out;
}

}  // namespace

TEST_CASE("purchase: from the catalogue to the parcel, and back into stock") {
    const test::RunningShop shop;
    shop.ok(
        {"product", "create", "TEA-1", "--name", "Tea pot", "--price", "12.75", "--stock", "10"});
    shop.customer("ada");
    shop.customer("bob");

    // Ada finds it without knowing its SKU, fills her cart and checks out.
    const Json found = shop.json_as("ada", {"product", "list", "--search", "POT tea"});
    REQUIRE(found.size() == 1);
    const std::string slug = found[0]["slug"].get<std::string>();
    CHECK(shop.json_as("ada", {"cart", "add", slug, "2"})["total"]["amount"] == 2550);
    CHECK(shop.json_as("ada", {"cart", "add", slug})["lines"][0]["quantity"] == 3);
    CHECK(on_hand(shop) == 10);
    const Json order = shop.json_as("ada", {"order", "create", "--note", "Blue ribbon"});
    CHECK(order["state"] == "placed");
    CHECK(order["total"] == Json{{"amount", 3825}, {"currency", "GBP"}});
    CHECK(order["username"] == "ada");
    CHECK(on_hand(shop) == 7);
    CHECK(shop.json_as("ada", {"cart", "get"})["lines"].empty());

    // Both sides see it; nobody else does.
    const std::string id = order["id"].get<std::string>();
    const std::string number = order["number"].dump();
    CHECK(shop.json({"order", "list"})[0]["id"] == id);
    CHECK(shop.json_as("ada", {"order", "list"})[0]["note"] == "Blue ribbon");
    CHECK(shop.json_as("bob", {"order", "list"}).empty());
    for (const auto& ref : {id, number}) {
        CHECK(shop.as("bob", {"order", "get", ref}).exit_code == 3);
        CHECK(shop.as("bob", {"order", "cancel", ref, "--yes"}).exit_code == 3);
    }
    CHECK(shop.as("ada", {"order", "fulfil", number}).exit_code == 4);

    // It is sent; then it can't be cancelled any more.
    CHECK(shop.json({"order", "fulfil", number})["state"] == "fulfilled");
    CHECK(shop.as("ada", {"order", "cancel", number, "--yes"}).exit_code == 5);
    CHECK(on_hand(shop) == 7);

    // A second one is cancelled: its pieces come back, once.
    shop.json_as("ada", {"cart", "add", "TEA-1", "4"});
    const std::string second = shop.json_as("ada", {"order", "create"})["number"].dump();
    CHECK(on_hand(shop) == 3);
    const Json cancelled =
        shop.json_as("ada", {"order", "cancel", second, "--yes", "--reason", "too many"});
    CHECK(cancelled["state"] == "cancelled");
    CHECK(cancelled["reason"] == "too many");
    CHECK(test::eventually([&] { return on_hand(shop) == 7; }));
    CHECK(shop.as("ada", {"order", "cancel", second, "--yes"}).exit_code == 5);
    CHECK(shop.as("ada", {"order", "fulfil", second}).exit_code == 4);
    CHECK(shop.ctl({"order", "fulfil", second}).exit_code == 5);
    CHECK(on_hand(shop) == 7);

    std::int64_t sum = 0;
    for (const Json& movement : shop.json({"stock", "list", "TEA-1"}))
        sum += movement["quantity"].get<std::int64_t>();
    CHECK(sum == 7);
    const auto types = event_types(shop);
    for (const char* type :
         {"user.created", "session.created", "product.created", "stock.changed", "cart.updated",
          "order.placed", "order.fulfilled", "order.cancelled"}) {
        INFO(type);
        CHECK(types.contains(type));
    }
    CHECK(types.count("order.placed") == 2);
    CHECK(types.count("user.created") == 3);
}
