// One mail by SMTP (libcurl).
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "mail/smtp_request.hpp"

namespace shop::mail {

// Empties nothing, keeps nothing. invalid_argument where the server refused this recipient or this
// text for good; unavailable for all else: no server, no TLS, a certificate that is not trusted, a
// sign-in or a sender that was refused (which is the shop's own fault, and may be mended).
Result<void> send_by_smtp(const SmtpRequest& request);

}  // namespace shop::mail
