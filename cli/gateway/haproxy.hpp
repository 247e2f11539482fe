// HAProxy itself: where it is, and what it says of a configuration.
//
// Thread safety: any thread.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "gateway/settings.hpp"

namespace shop::cli {

// In PATH or in an sbin that stands in no user's PATH. failed_precondition, with the remedy, where
// it is not installed.
Result<std::filesystem::path> find_haproxy();

// failed_precondition with HAProxy's own words where it would not start with this configuration.
// The value is what it has to say all the same (warnings); empty where it has nothing.
Result<std::string> check_configuration(const std::string& text);

// When the certificate ends. failed_precondition where it is over, or is none, or the key does not
// belong to it.
Result<Time> check_certificate(const std::filesystem::path& certificate, Time now);
// Whether it is time for a new one: within 14 days.
bool ends_soon(Time end, Time now);

}  // namespace shop::cli
