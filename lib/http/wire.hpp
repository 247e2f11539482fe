// HTTP/1.1 heads on the wire (RFC 9112), read strictly: what is ambiguous is refused, never
// guessed, because two readers of one ambiguous head are a smuggling hole.
//
// Refused: a bare LF or CR, obsolete line folding, white space before a colon or at a line's start,
// control bytes, a second Host, a missing one (but in HTTP/1.0, which health checks speak), any
// Transfer-Encoding (411: our clients know their length), a Content-Length that is not digits only
// and once, Content-Encoding on a request (415), targets that are not origin form, broken percent
// escapes, encoded slashes, NUL and dot segments, versions other than HTTP/1.0 and 1.1, heads over
// the limits (431).
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace shop::http {

// A head that was read whole.
struct Head {
    std::size_t bytes = 0;  // of the head, with its empty line
    std::size_t content_length = 0;
    bool keep_alive = true;
    bool expect_continue = false;
    bool chunked = false;  // responses only: a gateway's own answers may be
};

enum class Progress { incomplete, complete, refused };

struct HeadResult {
    Progress progress = Progress::incomplete;
    Head head;
    int status =
        400;  // where refused: 400, 411, 413, 414, 415, 417, 431, 501, 505; 502: a response
    std::string reason;  // where refused: for the log and the problem document
};

// Reads a request head from the start of `data`; fills `request` (all but body and peer) where
// complete.
HeadResult read_request_head(std::string_view data, Request& request);
// Reads a response head; fills status and headers. A response with neither a Content-Length nor
// chunks is refused unless it has no body (by its status, or because it answers a HEAD): our
// daemons always send a length.
HeadResult read_response_head(std::string_view data, Response& response, bool to_head);

// The whole message in one buffer: one write, one packet where it fits.
std::string write_response(const Response& response, bool keep_alive, bool head_only);
// `host` for the Host field.
std::string write_request(const Request& request, std::string_view host);

}  // namespace shop::http
