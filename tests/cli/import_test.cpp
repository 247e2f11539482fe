// `product import` and `product export` with the real programs: catalogues that go in and come out.
#include "base/text.hpp"
#include "cli/import_helpers.hpp"

using namespace shop;
using test::file_with;
using test::import;
using test::kHeader;

namespace {

const std::string kSample = SHOP_SOURCE_DIR "/packaging/sample/catalogue.csv";

Json counts(int rows, int products, int created, int updated, int unchanged, int skipped,
            int rejected) {
    return {{"rows", rows},        {"products", products},   {"created", created},
            {"updated", updated},  {"unchanged", unchanged}, {"skipped", skipped},
            {"rejected", rejected}};
}

std::string name_of(const test::RunningShop& shop, const std::string& sku) {
    return shop.json({"product", "get", sku})["name"].get<std::string>();
}

}  // namespace

TEST_CASE("import: the sample goes in, a second run changes nothing, and export gives it back") {
    const test::RunningShop shop;
    const std::string file = (shop.folder() / "export.csv").string();
    CHECK(import(shop, kSample, {"--dry-run"}) == counts(300, 300, 300, 0, 0, 0, 0));
    CHECK(shop.json({"product", "list"}).empty());
    CHECK(import(shop, kSample) == counts(300, 300, 300, 0, 0, 0, 0));
    const auto events =
        shop.ok({"event", "list", "--service", "productd", "--limit", "100000", "-o", "name"});
    CHECK(import(shop, kSample) == counts(300, 300, 0, 0, 300, 0, 0));
    CHECK(shop.ok({"event", "list", "--service", "productd", "--limit", "100000", "-o", "name"}) ==
          events);
    shop.ok({"product", "export", file});
    CHECK(*read_file(file) == *read_file(kSample));
    CHECK(shop.ok({"product", "export"}) == *read_file(kSample));
}

TEST_CASE("import: JSON lines from an export make the same catalogue elsewhere") {
    const test::RunningShop one, two;
    one.ok({"product", "import", kSample});
    const std::string lines = one.ok({"product", "export", "--format", "jsonl"});
    CHECK(import(two, "-", {"--format", "jsonl"}, lines) == counts(300, 300, 300, 0, 0, 0, 0));
    CHECK(two.ok({"product", "export"}) == *read_file(kSample));
    CHECK(import(two, file_with(two, lines, "jsonl")) == counts(300, 300, 0, 0, 300, 0, 0));
}

TEST_CASE("import: a product without counted stock comes back without it") {
    const test::RunningShop shop;
    shop.ok(
        {"product", "create", "FREE", "--name", "Free", "--price", "1", "--track-stock", "false"});
    const std::string exported = shop.ok({"product", "export"});
    CHECK_THAT(exported, Catch::Contains("FREE,Free,free,,,1.00,GBP,,\n"));
    CHECK(import(shop, "-", {}, exported) == counts(1, 1, 0, 0, 1, 0, 0));
}

TEST_CASE("import: --map reads other column names, --currency stands where a row has none") {
    const auto& shop = test::shared_shop();
    const auto file = file_with(shop, "Code;,Title,Cost\nMAP-1,Mapped,4.20\n");
    const auto done =
        import(shop, file, {"--map", "sku=Code;,name=Title,price=Cost", "--currency", "GBP"});
    CHECK(done == counts(1, 1, 1, 0, 0, 0, 0));
    CHECK(shop.json({"product", "get", "MAP-1"})["price"]["amount"] == 420);
    const auto missing = shop.ctl({"product", "import", file, "--map", "sku=Nothing"});
    CHECK(missing.exit_code == 1);
    CHECK_THAT(missing.err, Catch::Contains("Nothing") && Catch::Contains("Title"));
    CHECK(shop.ctl({"product", "import", file, "--map", "color=Title"}).exit_code == 1);
    CHECK(shop.ctl({"product", "import", file}).exit_code == 1);
}

TEST_CASE("import: --skip-sku passes rows over in any letter case") {
    const auto& shop = test::shared_shop();
    const auto file =
        file_with(shop, kHeader + "post,Postage,9,\nSKIP-1,Kept,1,\nPOST,Postage,8,\n");
    CHECK(import(shop, file, {"--skip-sku", "Post, M"}) == counts(3, 1, 1, 0, 0, 2, 0));
    CHECK(shop.ctl({"product", "get", "POST"}).exit_code == 3);
}

TEST_CASE("import: --on-duplicate updates, skips or fails") {
    const auto& shop = test::shared_shop();
    import(shop, file_with(shop, kHeader + "DUP-1,First,1.00,5\n"));
    const auto again = file_with(shop, kHeader + "dup-1,Second,1.00,6\nDUP-2,New,1.00,\n");
    CHECK(import(shop, again, {"--on-duplicate", "skip"}) == counts(2, 2, 1, 0, 0, 1, 0));
    CHECK(name_of(shop, "DUP-1") == "First");
    CHECK(import(shop, again, {"--on-duplicate", "fail"}) == counts(2, 2, 0, 0, 0, 0, 2));
    CHECK_THAT(test::rejects(shop), Catch::Contains("\n2,dup-1,") && Catch::Contains("\n3,DUP-2,"));
    CHECK(shop.ctl({"product", "import", again, "--on-duplicate", "fail"}).exit_code == 1);
    CHECK(name_of(shop, "DUP-1") == "First");
    CHECK(import(shop, again) == counts(2, 2, 0, 1, 1, 0, 0));
    CHECK(name_of(shop, "DUP-1") == "Second");
    CHECK(shop.ok({"stock", "get", "DUP-1", "-o", "name"}) == "6\n");
}

TEST_CASE("import: what the file does not have stays in the shop") {
    const auto& shop = test::shared_shop();
    shop.ok({"product", "create", "STAY-1", "--name", "Old", "--price", "1", "--stock", "3",
             "--category", "Kept", "--description", "Long text", "--slug", "my-slug"});
    CHECK(import(shop, file_with(shop, "sku,name,price\nSTAY-1,New,2\n")) ==
          counts(1, 1, 0, 1, 0, 0, 0));
    const Json product = shop.json({"product", "get", "STAY-1"});
    CHECK(product["name"] == "New");
    CHECK(product["category"] == "Kept");
    CHECK(product["description"] == "Long text");
    CHECK(product["slug"] == "my-slug");
    CHECK(product["stock"]["on_hand"] == 3);
}

TEST_CASE("import: rows of one SKU in any case are one product; the most frequent values win") {
    const auto& shop = test::shared_shop();
    const auto file = file_with(shop, kHeader +
                                          "fold1a,Rare,1.00,3\n"
                                          "FOLD1A,Common,2.00,4\n"
                                          "Fold1A,Common ,3.00,\n"
                                          "FOLD1A,  Common,2.00,5\n");
    CHECK(import(shop, file) == counts(4, 1, 1, 0, 0, 0, 0));
    const Json product = shop.json({"product", "get", "FOLD1A"});
    CHECK(product["sku"] == "FOLD1A");
    CHECK(product["name"] == "Common");
    CHECK(product["price"]["amount"] == 200);
    CHECK(product["stock"]["on_hand"] == 5);
    // Of equals the first.
    import(shop, file_with(shop, kHeader + "FOLD-2,Earlier,1,\nFOLD-2,Later,2,\n"));
    CHECK(name_of(shop, "FOLD-2") == "Earlier");
}

TEST_CASE("import: a byte order mark, CR LF and a missing last line end are no matter") {
    const auto& shop = test::shared_shop();
    const std::string rows =
        "\xEF\xBB\xBFsku,name,price\r\nBOM-1,\"Two, one\",1.50\r\n\r\nBOM-2,Crème brûlée,2";
    CHECK(import(shop, "-", {}, rows) == counts(2, 2, 2, 0, 0, 0, 0));
    CHECK(name_of(shop, "BOM-1") == "Two, one");
    CHECK(name_of(shop, "BOM-2") == "Crème brûlée");
}
