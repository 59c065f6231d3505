// Errors on the wire: HTTP status, `__type`, the message under the name the service uses, and the
// envelope "1 validation error detected: ". The only place that knows of any of them.
#pragma once

#include <string>
#include <string_view>

#include "api/operations/operations.h"
#include "storage/error.h"

namespace dynolith::api {

struct ErrorReply {
  unsigned status = 400;
  std::string body;
};

// `operation` is null when the request did not get as far as one.
ErrorReply error_reply(const storage::Error& error, const Operation* operation, Wording wording);

// Errors that HTTP itself answers, before any operation: {"__type":TYPE,"message":"..."}.
std::string http_error_body(std::string_view type, std::string_view message);

}  // namespace dynolith::api
