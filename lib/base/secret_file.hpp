// Files that hold a secret, which nobody but their owner may read.
//
// Thread safety: any thread, as long as nobody changes the environment.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace shop {

// The text of the file without the blanks around it. permission_denied, with the remedy, where
// others than the owner may read it; the rest as read_file.
// A service manager's credentials (systemd.exec(5)) may belong to root and be open to the service's
// user by an access list, whose mask shows as the group's rights: in $CREDENTIALS_DIRECTORY these
// are not an error.
Result<std::string> read_secret_file(const std::filesystem::path& path,
                                     std::size_t bytes_max = 4096);

}  // namespace shop
