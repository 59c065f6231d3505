// Attribute values of a request, from JSON straight to the bytes that the store keeps.
//
// The service finds out about a value that makes no sense (two datatypes, an empty set, a number of
// 39 digits) only after other checks of the request. So decoding does not fail: it hands out the
// error beside the bytes, and the operation raises it at its proper stage.
#pragma once

#include <optional>

#include "api/json/reader.h"
#include "api/wording.h"
#include "storage/encoding/item_encoding.h"

namespace dynolith::api {

struct DecodedItem {
  storage::EncodedItem item;   // Absent if there is an error.
  std::optional<Error> error;  // kValidation, scope kRequest.
};

struct DecodedValue {
  storage::EncodedValue value;  // Empty if there is an error.
  std::optional<Error> error;   // kValidation, scope kRequest.
};

// `attributes` is an Item or Key map that check_types() has passed. Order of errors: empty or too
// long top-level names, nesting deeper than kNestingLevelsMax, the rest as it comes.
DecodedItem decode_item(const JsonObject& attributes, Wording wording);

// The same for one attribute value; null counts as an empty one.
DecodedValue decode_value(const JsonValue& value, Wording wording);

}  // namespace dynolith::api
