// A real shop's sales lines as a catalogue: half a million rows, spellings and all.
#include "cli/import_helpers.hpp"

using namespace shop;

TEST_CASE("import: half a million sales lines of a real shop become its 3,808 products") {
    const std::filesystem::path packed = SHOP_SOURCE_DIR "/../shared/data/online-retail.csv.xz";
    if (!std::filesystem::exists(packed)) {
        WARN("the sales lines are not here: " << packed << "; nothing was tried");
        return;
    }
    const test::RunningShop shop;
    const auto file = (shop.folder() / "retail.csv").string();
    const auto unpacked =
        test::run("sh", {{"-c", "xz -dc \"$0\" > \"$1\"", packed.string(), file}});
    INFO(unpacked.err);
    REQUIRE(unpacked.exit_code == 0);
    const std::vector<std::string> options = {
        "--map", "sku=StockCode,name=Description,price=UnitPrice", "--skip-sku",
        "AMAZONFEE,B,BANK CHARGES,C2,CRUK,D,DOT,GIFT_0001_10,GIFT_0001_20,GIFT_0001_30,"
        "GIFT_0001_40,GIFT_0001_50,M,PADS,POST,S,22016,23444,23574,23702"};
    const Json first = test::import(shop, file, options);
    INFO(first.dump());
    CHECK(first["products"] == 3808);
    CHECK(first["created"] == 3808);
    CHECK(first["skipped"] == 3053);
    const Json second = test::import(shop, file, options);
    CHECK(second["unchanged"] == 3808);
    CHECK(shop.json({"product", "list", "--all"}).size() == 3808);
}
