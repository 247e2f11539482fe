// orderd as a whole: its store, its rules and its bound Service.
//
// Thread safety: as App (runtime/daemon.hpp).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "orderd/checkout.hpp"
#include "orderd/resume.hpp"
#include "orderd/sales.hpp"
#include "runtime/daemon.hpp"
#include "runtime/revocations.hpp"

namespace shop::orders {

// What it is made of; the references outlive it.
struct AppParts {
    std::filesystem::path data_dir;
    std::string currency;
    bool course_api = false;
    std::filesystem::path keys_dir = {};  // with orderd's own key
    std::shared_ptr<Catalogue> catalogue;
    std::shared_ptr<Counterpart> counterpart;
    Authorise authorise = authorise_all;
    runtime::KeyResolver key_resolver = {};  // of the course's API
    // Of sessions that ended; null: tokens are good until they end.
    std::shared_ptr<runtime::Revocations> revocations = nullptr;
    const Clock& clock;
    runtime::Metrics& metrics;
    auth::Verifier& verifier;
    std::string version;
    std::string commit;
};

class OrderApp final : public runtime::App {
public:
    static Result<std::unique_ptr<OrderApp>> open(AppParts parts);
    ~OrderApp() override { stop(); }

    runtime::Service& service() override { return service_; }
    void start() override;
    void stop() override;

    const Tables& tables() const { return *tables_; }
    store::Store& store() { return *store_; }
    CheckoutSaga& saga() { return saga_; }
    Resumer& resumer() { return resumer_; }
    SalesDesk& sales() { return sales_; }
    const AppParts& parts() const { return parts_; }

private:
    OrderApp(AppParts parts, std::unique_ptr<Tables> tables, std::unique_ptr<store::Store> store);

    void keep_store();

    AppParts parts_;
    std::unique_ptr<Tables> tables_;
    std::unique_ptr<store::Store> store_;
    Gate gate_;
    CheckoutSaga saga_;
    Resumer resumer_;
    SalesDesk sales_;
    runtime::Service service_;
};

// For run_daemon: productd and userd over HTTP, with orderd's own token.
Result<std::unique_ptr<runtime::App>> make_app(const runtime::DaemonContext& context);

}  // namespace shop::orders
