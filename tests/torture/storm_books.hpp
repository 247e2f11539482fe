// What the shop says at the end of the kill storm, and where that differs from the outside log.
//
// Thread safety: values and free functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/common.hpp"
#include "torture/outside_log.hpp"
#include "torture/storm_caller.hpp"

namespace shop::torture {

struct ProductBook {
    api::StockLevel level;
    std::vector<api::StockMovement> movements;  // newest first
};

struct StormBooks {
    std::vector<api::Order> orders;
    std::map<std::string, ProductBook> products;        // by id
    std::map<std::string, Pieces> carts;                // by user id
    std::vector<api::User> users;                       // the administrator is one of them
    std::map<std::string, api::User> sessions;          // by user id: whose the last one is
    std::map<Service, std::vector<api::Event>> events;  // all; seq, type and subject alone
};

// What is on hand of each product when all has settled, by the outside log alone.
Pieces pieces_left(const OutsideLog& log);

// Whether no checkout is under way and all pieces of cancelled orders are back.
Result<bool> is_settled(StormCaller& admin, const OutsideLog& log);
// Takes up the last session of each account, once.
Result<StormBooks> read_books(const KilledShop& shop, const OutsideLog& log);

// A sentence for each difference; none: nothing acknowledged is lost, nothing is doubled, and the
// books balance.
std::vector<std::string> differences(const OutsideLog& log, const StormBooks& books);

}  // namespace shop::torture
