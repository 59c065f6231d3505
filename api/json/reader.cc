#include "api/json/reader.h"

namespace dynolith::api {

namespace {
// An item of 32 levels takes about 70; what lies between is refused by its levels, not by its JSON.
// Code that walks requests recurses no deeper than this.
constexpr size_t kJsonDepthMax = 512;
constexpr size_t kKeptCapacityBytes = 4 << 20;
}  // namespace

Result<JsonObject> JsonParser::parse(std::string_view body) {
  if (parser_.capacity() > kKeptCapacityBytes && body.size() < kKeptCapacityBytes) {
    parser_ = simdjson::dom::parser();
  }
  if (parser_.max_depth() != kJsonDepthMax || parser_.capacity() < body.size()) {
    if (parser_.allocate(std::max<size_t>(body.size(), 64 * 1024), kJsonDepthMax)) {
      return storage::make_error(ErrorCode::kSerialization);
    }
  }
  JsonObject object;
  if (parser_.parse(body.data(), body.size()).get_object().get(object)) {
    return storage::make_error(ErrorCode::kSerialization);
  }
  return object;
}

}  // namespace dynolith::api
