// HTTP/1.1 as bytes: a request written, a reply read, within limits of size and time.
//
// Threads: values and one stream at a time.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "odm/remote/http_exchange.h"
#include "odm/remote/http_stream.h"

namespace dynolith::odm {

inline constexpr size_t kReplyHeadBytesMax = 64 << 10;
// The service answers with 16 MiB of items at most; as JSON they grow up to sixfold.
inline constexpr size_t kReplyBodyBytesMax = 128 << 20;

// False if a header has control characters: it could begin another header.
bool are_clean(const HttpRequest& request);

// The request line and headers with the empty line at their end. Needs: are_clean(request).
std::string request_head(const HttpTarget& target, const HttpRequest& request);

struct ReceivedReply {
  HttpReply reply;
  bool can_go_on = false;  // The connection may carry another request.
};

// Reads one reply, skipping informational ones. Failures: kTimedOut, kCutOff, kMalformed; with
// was_sent.
std::variant<ReceivedReply, HttpFailure> read_reply(HttpStream& stream, int64_t read_timeout_ms,
                                                    int64_t deadline_ms);

}  // namespace dynolith::odm
