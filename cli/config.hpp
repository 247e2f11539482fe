// Contexts: where the shops are and who is signed in there, in one file of mode 0600
// ($SHOPCTL_CONFIG, else $XDG_CONFIG_HOME/shopctl/config.json, else ~/.config/shopctl/config.json).
//
// Thread safety: one thread; several processes are kept apart by a lock file beside it (update()).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "schema/field.hpp"

namespace shop::cli {

struct SignedIn {
    std::string username;
    std::string access_token;
    Time access_expires_at{};
    std::string refresh_token;
};

struct Context {
    std::string name;
    std::string users_url;
    std::string products_url;
    std::string orders_url;
    std::string storefront_url;  // empty: none is known
    std::string data_dir;        // of a shop that `shopctl up` started; else empty
    std::optional<SignedIn> login;
};

struct Config {
    std::string current;
    std::vector<Context> contexts;

    Context* find(std::string_view name);
    // Adds it, or replaces the one of that name.
    void put(Context context);
};

std::filesystem::path config_path();
// An empty Config where there is no file. invalid_argument, with the path, where it is not readable
// as one.
Result<Config> load_config();
// Reads, lets `change` work on it, writes back, all under the lock.
Result<void> update_config(const std::function<Result<void>(Config&)>& change);

}  // namespace shop::cli

namespace shop::schema {
// clang-format off
template <> const StructType& type_of<cli::SignedIn>();
template <> const StructType& type_of<cli::Context>();
template <> const StructType& type_of<cli::Config>();
// clang-format on
}  // namespace shop::schema
