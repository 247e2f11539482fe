// What the tests of `product import` share: files, counts, the file of rejects.
//
// Thread safety: free functions without shared state.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "support/running_shop.hpp"

namespace shop::test {

inline const std::string kHeader = "sku,name,price,stock\n";

// A file in the shop's folder with this content.
inline std::string file_with(const RunningShop& shop, const std::string& content,
                             const std::string& extension = "csv") {
    static std::atomic<int> number{0};
    const auto path = shop.folder() / ("rows-" + std::to_string(++number) + "." + extension);
    REQUIRE(write_file(path, content, 0600));
    return path.string();
}

// Imports with --rejects; the summary.
inline Json import(const RunningShop& shop, const std::string& file,
                   std::vector<std::string> more = {}, const std::string& input = "") {
    std::vector<std::string> words = {"product", "import", file, "--rejects",
                                      (shop.folder() / "rejects.csv").string()};
    words.insert(words.end(), more.begin(), more.end());
    return shop.json(words, input);
}

inline std::string rejects(const RunningShop& shop) {
    const auto text = read_file(shop.folder() / "rejects.csv");
    REQUIRE(text);
    return *text;
}

}  // namespace shop::test
