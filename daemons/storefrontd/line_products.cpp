#include "storefrontd/line_products.hpp"

#include <algorithm>

#include "storefrontd/cards.hpp"
#include "storefrontd/needs.hpp"

namespace shop::storefront {
namespace {

constexpr std::size_t kAskedAtOnce = 50;  // ids of 36 characters; an address has 4096

}  // namespace

Result<Products> products_of(Visit& visit, const std::vector<api::Line>& lines) {
    Products products;
    for (std::size_t begin = 0; begin < lines.size(); begin += kAskedAtOnce) {
        std::string refs;
        for (std::size_t i = begin; i < std::min(begin + kAskedAtOnce, lines.size()); ++i) {
            if (i > begin) refs += ',';
            refs += lines[i].product_id;
        }
        api::CallOptions options;
        options.query = {{"ref", refs}};
        options.token = "";
        SHOP_TRY(page, visit.call<api::ProductPage>(catalogue_needs(), "product_list", {},
                                                    std::move(options)));
        for (auto& product : page.items) {
            std::string id = product.id;
            products.emplace(std::move(id), std::move(product));
        }
    }
    return products;
}

const api::Product* find_product(const Products& products, const std::string& id) {
    const auto found = products.find(id);
    return found == products.end() ? nullptr : &found->second;
}

std::string address_in(const Products& products, const api::Line& line) {
    const auto* product = find_product(products, line.product_id);
    return product ? address_of(*product) : "";
}

}  // namespace shop::storefront
