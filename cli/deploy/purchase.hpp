// A synthetic purchase: what a customer does, from the sign-in to the order, which is cancelled at
// once, so that its pieces go back.
//
// It goes to the services themselves, through their public API, in the marked account (see
// buyer_account.hpp). What an earlier purchase left behind when it failed (an order that was placed
// all the same, a full cart) is cleared away at the next sign-in.
//
// Thread safety: one thread; one process for each account.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/client.hpp"
#include "api/orders.hpp"
#include "api/products.hpp"
#include "api/users.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "deploy/buyer_account.hpp"
#include "deploy/manifest.hpp"

namespace shop::cli::deploy {

class Buyer {
public:
    // `patience`: how long one call may take. invalid_argument where one of the three services is
    // not among these, or its address is none.
    static Result<std::unique_ptr<Buyer>> make(
        const std::vector<ServiceManifest>& services, std::filesystem::path account_file,
        const Clock& clock, std::chrono::milliseconds patience = std::chrono::seconds(5));
    ~Buyer();  // signs out

    // Signs in where that is not done, and buys. The value says why nothing was bought where that
    // is nobody's fault: nothing is in stock, or nobody may register. failed_precondition with step
    // and service ("checkout at orderd: …") where a purchase failed. One that loses a race (the
    // last piece was sold, a price changed) begins again, three times in all.
    Result<std::optional<std::string>> buy();
    // Ends the session. Best effort: it would end by itself.
    void sign_out();

    Buyer(const Buyer&) = delete;
    Buyer& operator=(const Buyer&) = delete;

private:
    using Skipped = std::optional<std::string>;
    Buyer(std::filesystem::path account_file, const Clock& clock)
        : account_file_(std::move(account_file)), clock_(clock) {}

    Result<Skipped> sign_in();
    Result<api::Session> session_of(const BuyerAccount& account);
    Result<std::optional<api::Product>> find_product();
    Result<Skipped> no_product();
    Result<Skipped> buy_once();
    Result<void> buy_piece(const api::Product& product);
    Result<api::Order> check_out(const api::Product& product);
    Result<void> cancel(const api::Order& order);
    // What a purchase that failed has led to, as far as it can be told.
    void undo(Code failure);
    void clear_away();

    // A call of a service; its error begins with the step.
    Result<http::Response> send(const char* step, const api::ServiceTable& service,
                                std::string_view endpoint, const std::vector<std::string>& params,
                                const api::CallOptions& options = {});
    template <class T>
    Result<T> call(const char* step, const api::ServiceTable& service, std::string_view endpoint,
                   const std::vector<std::string>& params, const api::CallOptions& options = {});

    const std::filesystem::path account_file_;
    const Clock& clock_;
    std::map<std::string, std::unique_ptr<api::ApiClient>> clients_;
    std::optional<api::Session> session_;
    bool signed_in_once_ = false;
    bool bought_once_ = false;
    std::set<std::string> passed_over_;  // products that could not be bought
    std::string key_;                    // of the checkout under way
};

}  // namespace shop::cli::deploy
