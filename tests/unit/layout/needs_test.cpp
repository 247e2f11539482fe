// A service finds the endpoints of others in its needs (runtime/needs.hpp) alone, so that what
// --describe says is all that it calls.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Owned {
    std::string folder;
    std::string table;  // of its own service; none in the kit
};
const std::vector<Owned> kOwned = {{"daemons/userd", "users_service"},
                                   {"daemons/productd", "products_service"},
                                   {"daemons/orderd", "orders_service"},
                                   {"lib/runtime", ""},
                                   {"lib/events", ""}};

}  // namespace

TEST_CASE("layout: a service's needs alone name the tables of other services", "[layout]") {
    int named = 0;
    for (const auto& [folder, own] : kOwned)
        for (const auto& entry : fs::directory_iterator(fs::path(SHOP_SOURCE_DIR) / folder)) {
            std::ifstream file(entry.path());
            const std::string text((std::istreambuf_iterator<char>(file)), {});
            const bool is_needs = entry.path().filename() == "needs.cpp";
            for (const std::string table :
                 {"users_service", "products_service", "orders_service", "all_services"}) {
                if (table == own || text.find(table + "()") == std::string::npos) continue;
                INFO(entry.path() << " names api::" << table);
                CHECK(is_needs);
                ++named;
            }
        }
    CHECK(named >= 2);
}
