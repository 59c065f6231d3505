// Members of schemas that are written as JSON, of the kind that is expected there. Inside this
// folder. Errors: kBadModel, with the place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json/reader.h"
#include "odm/result.h"
#include "odm/value.h"

namespace dynolith::odm::internal {

inline Error bad_json(std::string_view where, std::string_view why) {
  return make_error(ErrorCode::kBadModel, std::string(where) + ": " + std::string(why));
}

Result<std::string> json_text(const api::JsonValue& value, std::string_view where);
Result<int64_t> json_integer(const api::JsonValue& value, std::string_view where);
Result<bool> json_flag(const api::JsonValue& value, std::string_view where);
Result<api::JsonObject> json_object(const api::JsonValue& value, std::string_view where);
Result<api::JsonArray> json_array(const api::JsonValue& value, std::string_view where);
Result<std::vector<std::string>> json_texts(const api::JsonValue& value, std::string_view where);

// {"S": "..."} and its like.
Result<EncodedValue> json_tagged(const api::JsonValue& value, std::string_view where);
// Plain JSON: text, numbers, booleans, null, lists and maps.
Result<Value> json_plain(const api::JsonValue& value, std::string_view where);

std::optional<api::JsonValue> json_find(const api::JsonObject& object, std::string_view name);

}  // namespace dynolith::odm::internal
