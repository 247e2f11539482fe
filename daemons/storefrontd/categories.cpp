#include "storefrontd/categories.hpp"

#include "storefrontd/needs.hpp"

namespace shop::storefront {

namespace {
constexpr std::chrono::seconds kAskEvery{2};
}

std::shared_ptr<const Categories::List> Categories::list() {
    {
        const std::lock_guard lock(mutex_);
        const Time now = clock_.now();
        if (now >= asked_ && now - asked_ < kAskEvery) return list_;
        asked_ = now;  // others go on with the former list meanwhile
    }
    auto fresh =
        products_.call<api::CategoryList>(catalogue_needs().at("category_list"), {}, {.token = ""});
    const std::lock_guard lock(mutex_);
    if (fresh) list_ = std::make_shared<const List>(std::move(fresh->items));
    return list_;
}

}  // namespace shop::storefront
