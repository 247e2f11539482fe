// storefrontd as a whole: the pages for shoppers and staff before the other services.
//
// Thread safety: as App (runtime/daemon.hpp).
#pragma once

#include <memory>

#include "runtime/daemon.hpp"
#include "runtime/repeater.hpp"
#include "storefrontd/catalogue_feed.hpp"
#include "storefrontd/desk.hpp"

namespace shop::storefront {

class StorefrontApp final : public runtime::App {
public:
    static Result<std::unique_ptr<StorefrontApp>> open(const runtime::DaemonContext& context,
                                                       const StorefrontSettings& settings);
    ~StorefrontApp() override;

    runtime::Service& service() override { return service_; }
    void start() override;
    void stop() override;

private:
    struct Parts;
    StorefrontApp(const runtime::DaemonContext& context, const StorefrontSettings& settings,
                  std::unique_ptr<Parts> parts);
    void add_checks();

    std::unique_ptr<Parts> parts_;
    PageCache pages_;
    CatalogueFeed feed_;
    Categories categories_;
    Desk desk_;
    runtime::Repeater chores_;
    runtime::Service service_;
};

}  // namespace shop::storefront
