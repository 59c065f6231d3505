// Request bodies: parsed once by simdjson (DOM: every byte is checked), read in place.
//
// The only headers that see simdjson are in api/json.
#pragma once

#include <simdjson.h>

#include <string_view>

#include "storage/result.h"

namespace dynolith::api {

using storage::Error;
using storage::ErrorCode;
using storage::Result;

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// A parser with its buffers; one a thread, reused between requests, shrunk after a large one.
class JsonParser {
 public:
  // The parsed object lives until the next call. `body` needs no padding (it is copied if it has
  // none). Errors: kSerialization without a message: not JSON, not an object, nested deeper than
  // kJsonDepthMax, not UTF-8.
  Result<JsonObject> parse(std::string_view body);

 private:
  simdjson::dom::parser parser_;
};

}  // namespace dynolith::api
