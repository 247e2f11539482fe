// Statements: claims that a service signs with its own key, to be kept and checked elsewhere
// (compact JWS, ES256), such as the head of its audit log.
//
// A statement's `aud` says what it is for, and is never that of access tokens, so that neither
// passes as the other.
//
// Thread safety: free functions; the key files may be read by any thread and process.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace shop::auth {

// `claims` is an object without `aud`. Reads `<folder>/<name>.key`; an assertion where `audience`
// is that of access tokens.
Result<std::string> sign_statement(const std::filesystem::path& folder, const std::string& name,
                                   std::string_view audience, Json claims);

// The claims, without `aud`. unauthenticated, with the reason, where it was not signed by a key of
// `name`'s or is for something else; not_found where the folder has no public key of that name.
Result<Json> read_statement(const std::filesystem::path& folder, const std::string& name,
                            std::string_view audience, const std::string& text);

}  // namespace shop::auth
