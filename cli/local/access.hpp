// A shop on this machine without a login: whoever may read its key folder may look after its
// stores.
//
// Thread safety: one thread.
#pragma once

#include <filesystem>
#include <memory>

#include "local/supervisor.hpp"
#include "shell.hpp"

namespace shop::cli {

// Keys of "service:shopctl" (rights to check, snapshot and fetch stores), made in the folder where
// they are missing; its services take them at once. `options` are the command's.
Result<std::unique_ptr<Shell>> shell_of(const LocalShop& shop,
                                        const std::filesystem::path& data_dir,
                                        const Options& options);

}  // namespace shop::cli
