// Requests that HTTP itself refuses, before an operation is looked for. All but a few end the
// connection.
#pragma once

#include <cstdint>
#include <string_view>

namespace dynolith::api {

enum class Refusal : uint8_t {
  kMalformed,  // Not HTTP/1.x, or ambiguous: what a smuggled request looks like.
  kHeadTooLarge,
  kExpectation,  // Expect: other than 100-continue.
  kTimeout,
  kBodyTooLarge,
  kBodyEncoding,  // Content-Encoding unknown, or not what the body is.
  kForbiddenHost,
  kForbiddenOrigin,
  kBusy,  // Too many connections, or too many bytes in flight.
};

struct RefusalText {
  unsigned status;
  std::string_view type;  // As __type gives it: of the service's "common errors", but for the 500.
  std::string_view message;
};

RefusalText refusal_text(Refusal refusal);

}  // namespace dynolith::api
