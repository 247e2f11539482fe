// shopctl itself, against a real shop: exit codes, streams, formats, files.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "base/file.hpp"
#include "command.hpp"
#include "support/shop_process.hpp"

using namespace shop;
using namespace shop::test;

namespace {

const std::string kSample = SHOP_SOURCE_DIR "/packaging/sample/catalogue.csv";

// Starting a shop takes a while, so tests that do not change the catalogue share one.
const RunningShop& shared() {
    static const RunningShop shop;
    return shop;
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

std::string write(const RunningShop& shop, const std::string& name, const std::string& text) {
    const auto path = shop.folder() / name;
    std::ofstream(path) << text;
    return path;
}

}  // namespace

TEST_CASE("shopctl: exit codes tell what happened", "[cli]") {
    const RunningShop& shop = shared();
    CHECK(shop.ctl({"product", "get", "22371"}).exit_code == 0);
    CHECK(shop.ctl({"product", "import", "/none.csv"}).exit_code == 3);
    CHECK(shop.ctl({"cart", "set", "22371", "1"}).exit_code == 3);
    CHECK(shop.ctl({"product", "create", "X"}).exit_code == 2);
    CHECK(shop.ctl({"products", "lst"}).exit_code == 2);
    CHECK(shop.ctl({}).exit_code == 2);
    CHECK(shop.ctl({"product", "get", "nothing-like-it"}).exit_code == 3);
    CHECK(shop.ctl({"product", "create", "22371", "--name", "Again", "--price", "1"}).exit_code ==
          5);
    CHECK(shop.ctl({"product", "create", "NEW", "--name", "A", "--price", "1.999"}).exit_code == 1);
    CHECK(shop.ctl({"login", "admin"}, "wrong\n").exit_code == 4);
    CHECK(run_program({SHOP_BIN_DIR "/shopctl", "whoami"},
                      {{"SHOPCTL_CONFIG", shop.folder() / "none.json"}})
              .exit_code == 3);
    REQUIRE(shop.ctl({"context", "set", "dead", "--users-url", "http://127.0.0.1:9",
                      "--products-url", "http://127.0.0.1:9", "--orders-url", "http://127.0.0.1:9"})
                .exit_code == 0);
    CHECK(shop.ctl({"--context", "dead", "--timeout", "0.5", "product", "list"}).exit_code == 6);
    CHECK(shop.ctl({"--context", "dead", "health"}).exit_code == 6);
}

TEST_CASE("shopctl: data on stdout, words on stderr", "[cli]") {
    const RunningShop& shop = shared();
    const Ran list = shop.ctl({"products", "list", "--limit", "2"});
    CHECK(list.err.empty());
    CHECK_THAT(list.out, Catch::StartsWith("NUMBER  SKU"));
    CHECK(list.out.find('\033') == std::string::npos);
    const Ran missing = shop.ctl({"product", "get", "nothing"});
    CHECK(missing.out.empty());
    CHECK_THAT(missing.err, Catch::StartsWith("shopctl: "));
}

TEST_CASE("shopctl: each format", "[cli]") {
    const RunningShop& shop = shared();
    const auto out = [&](const char* format) {
        return shop.ctl({"product", "get", "22371", "-o", format}).out;
    };
    CHECK(out("name") == "airline-bag-vintage-tokyo-78\n");
    CHECK_THAT(out("wide"), Catch::Contains("CATEGORY"));
    CHECK_THAT(out("csv"), Catch::StartsWith("number,sku,name,price,available,slug,category"));
    CHECK(Json::parse(out("json"))["sku"] == "22371");
    CHECK_THAT(out("yaml"), Catch::Contains("sku: \"22371\"\n"));
    CHECK(shop.ctl({"product", "get", "22371", "-o", "xml"}).exit_code == 2);
    CHECK(shop.json({"product", "get", "22371", "22411", "none"}).size() == 2);
}

TEST_CASE("shopctl: every command has help with examples and a man page without warnings",
          "[cli]") {
    const TempFolder folder;
    for (const auto& command : cli::all_commands()) {
        INFO(command.name);
        CHECK_FALSE(cli::examples_of(command.name).empty());
        std::vector<std::string> words = {SHOP_BIN_DIR "/shopctl"};
        for (std::size_t at = 0; at < command.name.size();) {
            const auto blank = std::min(command.name.find(' ', at), command.name.size());
            words.push_back(command.name.substr(at, blank - at));
            at = blank + 1;
        }
        words.push_back("--help");
        const Ran help = run_program(words);
        CHECK(help.exit_code == 0);
        CHECK_THAT(help.out, Catch::Contains("Examples:\n  shopctl") ||
                                 Catch::Contains("Examples:\n  source") ||
                                 Catch::Contains("Examples:\n  xz"));
    }
    REQUIRE(run_program({SHOP_BIN_DIR "/shopctl", "man", folder.path()}).exit_code == 0);
    int pages = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        const Ran page = run_program(
            {"man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-P", "cat", entry.path()},
            {{"MANROFFOPT", ""}, {"LC_ALL", "C.UTF-8"}});
        INFO(entry.path() << ": " << page.err);
        CHECK(page.exit_code == 0);
        CHECK(page.err.empty());
        ++pages;
    }
    CHECK(pages == static_cast<int>(cli::all_commands().size()) + 1);
}

TEST_CASE("shopctl: completion scripts parse, and bash completes", "[cli]") {
    const TempFolder folder;
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const Ran script = run_program({SHOP_BIN_DIR "/shopctl", "completion", shell});
        REQUIRE(script.exit_code == 0);
        const auto path = folder.path() / shell;
        std::ofstream(path) << script.out;
        if (run_program({"which", shell}).exit_code != 0) {
            WARN("skipped: " << shell << " is not here to check its completion script");
            continue;
        }
        const Ran checked = run_program({shell, "-n", path});
        INFO(shell << ": " << checked.err);
        CHECK(checked.exit_code == 0);
    }
    const auto completed = [&](const std::string& words) {
        return run_program(
                   {"bash", "-c",
                    "source '" + (folder.path() / "bash").string() + "'; COMP_WORDS=(" + words +
                        "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _shopctl; echo ${COMPREPLY[@]}"})
            .out;
    };
    CHECK(completed("shopctl prod") == "product\n");
    CHECK(completed("shopctl product im") == "import\n");
    CHECK(completed("shopctl -q products im") == "import\n");
    CHECK(completed("shopctl product list --cat") == "--category\n");
}

TEST_CASE("shopctl: secrets are in files of mode 0600 and never arguments", "[cli]") {
    const RunningShop& shop = shared();
    CHECK(mode_of(shop.folder() / "config.json") == 0600);
    CHECK(mode_of(shop.data() / "admin.txt") == 0600);
    CHECK(mode_of(shop.data()) == 0700);
    CHECK(mode_of(shop.data() / "keys" / "userd.key") == 0600);
    CHECK(shop.ctl({"login", "admin", "--password", "x"}).exit_code == 2);
    const Ran refused = shop.ctl({"user", "delete", "admin"});
    CHECK(refused.exit_code == 5);
    CHECK_THAT(refused.err, Catch::Contains("--yes"));
}

TEST_CASE("shopctl up: what is taken is said before anything starts", "[cli]") {
    const RunningShop& shop = shared();
    const Ran twice = shop.ctl({"up", "--detach", "--data", shop.data()});
    CHECK(twice.exit_code != 0);
    CHECK_THAT(twice.err, Catch::Contains("already"));
    const std::string base = std::to_string(std::stoi(shop.url(1).substr(17)) - 1);
    const Ran taken =
        shop.ctl({"up", "--detach", "--data", shop.folder() / "other", "--port-base", base});
    CHECK(taken.exit_code != 0);
    CHECK_THAT(taken.err, Catch::Contains("taken") && Catch::Contains("--port-base"));
    CHECK(shop.ctl({"status", "--data", shop.folder() / "other"}).exit_code == 3);
}

TEST_CASE("shopctl: sign-out ends the session, accounts can be managed", "[cli]") {
    const RunningShop& shop = shared();
    shop.sign_up("zoe");
    CHECK(shop.json({"--context", "zoe", "user", "update", "me", "--first-name",
                     "Zoe"})["first_name"] == "Zoe");
    CHECK(shop.json({"user", "update", "zoe", "--role", "staff"})["role"] == "staff");
    CHECK(shop.ctl({"--context", "zoe", "whoami"}).exit_code ==
          4);  // the role of the session is over
    CHECK(shop.ctl({"--context", "zoe", "login", "zoe"}, "zoe secret\n").exit_code == 0);
    CHECK(shop.ctl({"--context", "zoe", "user", "list"}).exit_code == 0);
    CHECK(shop.ctl({"--context", "zoe", "logout"}).exit_code == 0);
    CHECK(shop.ctl({"--context", "zoe", "whoami"}).exit_code == 4);
    CHECK(shop.ctl({"user", "delete", "zoe", "--yes"}).exit_code == 0);
    CHECK(shop.ctl({"user", "get", "zoe"}).exit_code == 3);
}

TEST_CASE("product import: twice changes nothing, and export gives the file back", "[cli]") {
    const RunningShop shop;
    const Json second = shop.json({"product", "import", kSample});
    CHECK(second["unchanged"] == 300);
    CHECK(second["created"] == 0);
    CHECK(second["updated"] == 0);
    CHECK(shop.ctl({"product", "export"}).out == read_file(kSample).value());
    const std::string lines = shop.ctl({"product", "export", "--format", "jsonl"}).out;
    const Ran again =
        shop.ctl({"product", "import", "-", "--format", "jsonl", "-o", "json"}, lines);
    CHECK(Json::parse(again.out)["unchanged"] == 300);
}

TEST_CASE("product import: bad rows are reported by line and the rest goes in", "[cli]") {
    const RunningShop shop(false);
    const std::string file =
        write(shop, "in.csv",
              "Code,Title,Cost,stock\r\nA,\"Bag\r\nred\",2.50,5\r\n,No sku,1,1\r\n"
              "B,,1,1\r\nC,Free,0,1\r\nD,Cheap,0.001,1\r\nPOST,Postage,18,\r\n"
              "E,Cup,3,x\r\nF,Short,1\r\nG,Glass,4.00,2\r\n");
    const std::string rejects = shop.folder() / "rejects.csv";
    const std::vector<std::string> words = {
        "product", "import", file, "--map", "sku=Code,name=Title,price=Cost", "--skip-sku", "post"};
    auto dry = words;
    dry.insert(dry.end(), {"--dry-run", "--rejects", rejects});
    CHECK(shop.json(dry)["created"] == 2);
    CHECK(shop.json({"product", "list"}).empty());
    CHECK(shop.ctl(words).exit_code == 1);  // rejects, and nowhere to note them
    auto noted = words;
    noted.insert(noted.end(), {"--rejects", rejects});
    const Json summary = shop.json(noted);
    CHECK(summary["rows"] == 9);
    CHECK(summary["unchanged"] == 2);
    CHECK(summary["skipped"] == 1);
    CHECK(summary["rejected"] == 6);
    const std::string noted_rows = read_file(rejects).value();
    for (const char* row : {"4,,no sku\n", "5,B,no name\n", "6,C,price is not above zero\n",
                            "\n7,D,", "\n9,E,", "\n10,F,"})
        CHECK_THAT(noted_rows, Catch::Contains(row));
    CHECK(shop.json({"stock", "get", "A"})["on_hand"] == 5);
}

TEST_CASE("product import: --on-duplicate skips, fails or updates", "[cli]") {
    const RunningShop shop(false);
    const std::string file = write(shop, "in.csv", "sku,name,price\nA,Bag,2\n");
    REQUIRE(shop.json({"product", "import", file})["created"] == 1);
    const std::string dearer = write(shop, "dearer.csv", "sku,name,price\na,Bag,3\n");
    CHECK(shop.json({"product", "import", dearer, "--on-duplicate", "skip"})["skipped"] == 1);
    CHECK(shop.ctl({"product", "import", dearer, "--on-duplicate", "fail"}).exit_code == 1);
    CHECK(shop.json({"product", "get", "A"})["price"]["amount"] == 200);
    CHECK(shop.json({"product", "import", dearer})["updated"] == 1);
    CHECK(shop.json({"product", "get", "A"})["price"]["amount"] == 300);
}

TEST_CASE("product import: a real shop's year", "[cli]") {
    const std::filesystem::path packed = SHOP_SOURCE_DIR "/../shared/data/online-retail.csv.xz";
    if (!std::filesystem::exists(packed)) {
        WARN("skipped: the import of a real year: " << packed << " is not there");
        return;
    }
    const RunningShop shop(false);
    const std::string file = shop.folder() / "retail.csv";
    REQUIRE(
        run_program({"sh", "-c", "xz -dc '" + packed.string() + "' > '" + file + "'"}).exit_code ==
        0);
    const std::string skip =
        "AMAZONFEE,B,BANK "
        "CHARGES,C2,CRUK,D,DOT,GIFT_0001_10,GIFT_0001_20,GIFT_0001_30,GIFT_0001_40,"
        "GIFT_0001_50,M,PADS,POST,S,22016,23444,23574,23702";
    const Json summary = shop.json({"product", "import", file, "--map",
                                    "sku=StockCode,name=Description,price=UnitPrice", "--skip-sku",
                                    skip, "--rejects", shop.folder() / "rejects.csv"});
    CHECK(summary["rows"] == 541909);
    CHECK(summary["products"] == 3808);
    CHECK(summary["created"] == 3808);
    CHECK(summary["skipped"] == 3053);
    CHECK(summary["rejected"] == 541909 - 3053 - 536362);
    CHECK(shop.json({"product", "get", "85123A"})["name"] == "WHITE HANGING HEART T-LIGHT HOLDER");
}
