// Takes a backup of a running shop: a snapshot of each service at one cut, fetched into one stream.
//
// Thread safety: free function, one thread.
#pragma once

#include "backup/format.hpp"
#include "base/stream.hpp"
#include "shell.hpp"

namespace shop::cli {

// orderd is asked first: it takes productd's snapshot together with its own, while no reservation
// is under way. The snapshots are thrown away at the services at the end, also after a failure and
// Ctrl-C. The sink gets the whole file, in order.
// conflict where another backup is under way; unavailable where a service does not answer;
// permission_denied for whoever is no administrator; the sink's errors.
Result<BackupManifest> take_backup(Shell& shell, const Sink& sink);

}  // namespace shop::cli
