// A certificate for localhost that is signed by itself: TLS for trying things out on one machine.
//
// Thread safety: any thread; one for each pair of files.
#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "base/time.hpp"

namespace shop::http {

// Writes a certificate for localhost, 127.0.0.1 and ::1 and its key (P-256, mode 0600), both PEM,
// in place of what is there. It holds for 397 days from `now`, the most that browsers take. Clients
// trust it where they are told to (SSL_CERT_FILE).
Result<void> make_self_signed(const std::filesystem::path& certificate,
                              const std::filesystem::path& key, Time now);

}  // namespace shop::http
