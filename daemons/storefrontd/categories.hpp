// The shop's categories, for the navigation of every page: asked for at most every two seconds, and
// kept while productd is down.
//
// Thread safety: any thread.
#pragma once

#include <memory>
#include <mutex>

#include "api/categories.hpp"
#include "api/client.hpp"
#include "base/time.hpp"

namespace shop::storefront {

class Categories {
public:
    using List = std::vector<api::Category>;

    // Both outlive it.
    Categories(const api::ApiClient& products, const Clock& clock)
        : products_(products), clock_(clock) {}
    // Empty where they were never read.
    std::shared_ptr<const List> list();

private:
    const api::ApiClient& products_;
    const Clock& clock_;
    std::mutex mutex_;  // what follows
    std::shared_ptr<const List> list_ = std::make_shared<const List>();
    Time asked_{};
};

}  // namespace shop::storefront
