// The marked account that buys during deployments, "shop-deploy-check": a customer like any other,
// registered through the public API. Its name and password are in a file of the host (mode 0600).
//
// Thread safety: one thread; one process for each file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "api/client.hpp"
#include "base/error.hpp"
#include "schema/field.hpp"

namespace shop::cli::deploy {

struct BuyerAccount {
    std::string username;
    std::string password;
};

// Nothing where there is no file. permission_denied where others may read it.
Result<std::optional<BuyerAccount>> read_account(const std::filesystem::path& file);
// Registers one that is not there yet and keeps it in the file, whose account it replaces: where
// the name is taken (the file was lost), under a name with a suffix. The error is userd's.
Result<BuyerAccount> register_account(const api::ApiClient& users,
                                      const std::filesystem::path& file);

}  // namespace shop::cli::deploy

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::deploy::BuyerAccount>();
// clang-format on
}  // namespace shop::schema
