#include <iostream>

#include "all.hpp"
#include "base/file.hpp"
#include "base/money.hpp"
#include "import/rows.hpp"
#include "shell.hpp"

namespace shop::cli {
namespace {

// A product as a row of the catalogue; an untracked one has no stock.
std::vector<std::string> row_of(const Json& product) {
    const Money price{product["price"].value("amount", std::int64_t{0}),
                      product["price"].value("currency", "")};
    const auto stock = product.find("stock");
    return {product.value("sku", ""),
            product.value("name", ""),
            product.value("slug", ""),
            product.value("description", ""),
            product.value("category", ""),
            format_decimal(price),
            price.currency,
            stock == product.end() ? "" : cell_text(stock->at("on_hand")),
            product.value("image", "")};
}

std::string csv_of(const Json& products) {
    std::string out;
    for (std::size_t i = 0; i < kColumnCount; ++i) out += (i ? "," : "") + std::string(kColumns[i]);
    out += "\n";
    for (const Json& product : products) {
        const auto row = row_of(product);
        for (std::size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + csv_field(row[i]);
        out += "\n";
    }
    return out;
}

std::string json_lines_of(const Json& products) {
    std::string out;
    for (const Json& product : products) {
        const auto row = row_of(product);
        Json line = Json::object();
        for (std::size_t i = 0; i < row.size(); ++i)
            if (!row[i].empty()) line[std::string(kColumns[i])] = row[i];
        out += dump(line) + "\n";
    }
    return out;
}

}  // namespace

Command product_export() {
    return {
        "product export", "Write the catalogue to a file that import reads", [](Args& args) -> Run {
            auto file = std::make_shared<std::string>("-");
            auto format = std::make_shared<std::string>("csv");
            args.text("file", *file, "Where to; - for standard output");
            args.text("--format", *format, "csv or jsonl").one_of({"csv", "jsonl"});
            return [file, format](Shell& shell) -> Result<int> {
                SHOP_TRY(products, shell.list(api::products_service(), "product_list", {}, {}, 0));
                const std::string text =
                    *format == "csv" ? csv_of(products) : json_lines_of(products);
                if (*file == "-") {
                    std::cout << text << std::flush;
                    return std::cout ? Result<int>(kExitDone)
                                     : fail(Code::internal, "Standard output can't be written to.");
                }
                SHOP_CHECK(write_file(*file, text, 0644));
                shell.say("Wrote " + std::to_string(products.size()) + " products to " + *file +
                          ".");
                return kExitDone;
            };
        }};
}

}  // namespace shop::cli
