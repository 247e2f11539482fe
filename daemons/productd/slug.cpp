#include "productd/slug.hpp"

#include <functional>

#include "base/text.hpp"

namespace shop::products {
namespace {

constexpr std::size_t kSlugBytesMax = 80;
constexpr std::size_t kSkuBytesMax = 64;
constexpr int kTriesMax = 1000;  // more of one name are no accident

// `base-suffix`, where the base gives way.
std::string join(std::string_view base, std::string_view suffix, std::size_t bytes_max) {
    base = base.substr(0, bytes_max - suffix.size() - 1);
    while (base.ends_with('-')) base.remove_suffix(1);
    return std::string(base) + '-' + std::string(suffix);
}

Result<std::string> first_free(std::string_view base, std::size_t bytes_max,
                               const std::function<bool(const std::string&)>& is_free) {
    for (int n = 2; n <= kTriesMax; ++n) {
        std::string candidate = join(base, std::to_string(n), bytes_max);
        if (is_free(candidate)) return candidate;
    }
    return fail_field("/slug", "cannot be made from the name: too many products have it; give one");
}

}  // namespace

Result<std::string> free_slug(const Tables& tables, const store::Snapshot& snapshot,
                              const api::Product& product) {
    const auto is_free = [&](const std::string& slug) {
        const auto owner = tables.products.lookup(snapshot, "slug", slug);
        return !owner || *owner == product.id;
    };
    const std::string sku = slugify(product.sku);
    std::string base = slugify(product.name);
    if (base.empty()) base = sku.empty() ? "product" : sku;
    if (is_free(base)) return base;
    if (!sku.empty()) {
        std::string candidate = join(base, sku, kSlugBytesMax);
        if (is_free(candidate)) return candidate;
    }
    return first_free(base, kSlugBytesMax, is_free);
}

Result<std::string> free_sku(const Tables& tables, const store::Snapshot& snapshot,
                             std::string_view slug) {
    const auto is_free = [&](const std::string& sku) {
        return !tables.products.lookup(snapshot, "sku", sku);
    };
    std::string base = sku_key(slug.substr(0, kSkuBytesMax));
    if (base.ends_with('-')) base.pop_back();
    if (is_free(base)) return base;
    return first_free(base, kSkuBytesMax, is_free);
}

}  // namespace shop::products
