// TLS for the server: its certificate, and what it accepts of a handshake.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "api/http/server.h"

namespace dynolith::api {

// TLS 1.2 and 1.3, without renegotiation. Errors: kUnavailable, with one line for the user: a file
// that cannot be read, is none, or does not belong to the other; a key that others may read.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

}  // namespace dynolith::api
