#include "api/http/refusal.h"

#include <cstdlib>

namespace dynolith::api {

RefusalText refusal_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMalformed:
      return {400, "com.amazon.coral.service#MalformedHttpRequestException",
              "The request is not well-formed HTTP/1.1."};
    case Refusal::kHeadTooLarge:
      return {400, "com.amazon.coral.service#MalformedHttpRequestException",
              "The request line or headers are too large."};
    case Refusal::kExpectation:
      return {417, "com.amazon.coral.service#MalformedHttpRequestException",
              "The only expectation known is 100-continue."};
    case Refusal::kTimeout:
      return {408, "com.amazon.coral.service#RequestTimeoutException",
              "Reading the request timed out."};
    case Refusal::kBodyTooLarge:
      return {413, "com.amazon.coral.service#RequestEntityTooLargeException",
              "The request is larger than 16777216 bytes."};
    case Refusal::kBodyEncoding:
      return {500, "com.amazonaws.dynamodb.v20120810#InternalServerError",
              "The body is not what its Content-Encoding says."};
    case Refusal::kForbiddenHost:
      return {403, "com.amazon.coral.service#AccessDeniedException",
              "This Host name is not served, since it could be a web page's that points here. To "
              "serve it, start with --allow-host NAME."};
    case Refusal::kForbiddenOrigin:
      return {403, "com.amazon.coral.service#AccessDeniedException",
              "Web pages of this origin may not use this server. To let them, start with --cors "
              "ORIGIN."};
    case Refusal::kBusy:
      return {503, "com.amazon.coral.service#ServiceUnavailable",
              "Too many connections or requests at once; try again."};
  }
  std::abort();  // A value outside the enumeration: a bug, not an input.
}

}  // namespace dynolith::api
