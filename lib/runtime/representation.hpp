// The form in which an answer leaves: nothing where the client has it already (RFC 9110, 13.1.2),
// gzip where it is large and the client takes that.
//
// Thread safety: a free function; the cache may be shared.
#pragma once

#include "http/gzip.hpp"
#include "http/message.hpp"

namespace shop::runtime {

// For answers to GET and HEAD with status 200; others stay as they are. A coded answer has an ETag
// of its own ("7.3.gz" beside "7.3"), as strong ones have to differ; either may be sent back in
// If-None-Match and If-Match. `cache`: where it is given, coded forms are kept; for answers that
// are the same for everybody.
void fit_to_request(const http::Request& request, http::Response& response, http::GzipCache* cache);

}  // namespace shop::runtime
