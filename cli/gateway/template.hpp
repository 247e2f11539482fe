// The text of HAProxy's configuration; @NAME@ stands for what render.cpp puts there.
//
// Thread safety: constants.
#pragma once

#include <string_view>

namespace shop::cli {

extern const std::string_view kGatewayTemplate;
// The listener without TLS, and the page of figures: where they are wanted.
extern const std::string_view kRedirectTemplate;
// In that listener, and behind it: challenges of an ACME authority.
extern const std::string_view kLetAcmePass;
extern const std::string_view kAcmeTemplate;
extern const std::string_view kMetricsTemplate;

}  // namespace shop::cli
