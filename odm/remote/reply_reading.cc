#include "odm/remote/reply_reading.h"

#include <cmath>

#include "api/json/attribute_value.h"
#include "odm/remote/reply.h"

namespace dynolith::odm {

namespace {

double units_in(const JsonValue& value) {
  double units = 0;
  if (!value.is_object()) return 0;
  const bool given = value.at_key("CapacityUnits").get_double().get(units) == simdjson::SUCCESS;
  return given && std::isfinite(units) && units > 0 ? units : 0;
}

}  // namespace

Error malformed(std::string_view what) {
  return make_error(ErrorCode::kInternal,
                    std::string("The service sent a reply that makes no sense: ").append(what));
}

Result<JsonObject> read_json(std::string_view body) {
  if (body.size() > kReplyBytesMax) {
    return malformed("it has " + std::to_string(body.size()) + " bytes, more than " +
                     std::to_string(kReplyBytesMax));
  }
  thread_local api::JsonParser parser;
  const auto object = parser.parse(body);
  if (!object.ok()) return malformed("it is not a JSON object");
  return *object;
}

Result<JsonObject> object_in(const JsonValue& value) {
  if (!value.is_object()) return malformed("null stands in place of a structure");
  return api::object_of(value);
}

Result<EncodedItem> item_in(const JsonValue& value) {
  const JsonObject attributes = TRY(object_in(value));
  auto decoded = api::decode_item(attributes, api::Wording::kAws2026);
  if (decoded.error) return malformed(decoded.error->message);
  return std::move(decoded.item);
}

Result<EncodedItem> item_in(const Slot& slot) {
  if (!slot.present()) return EncodedItem();
  return item_in(slot.value());
}

double capacity_in(const Slot& slot) {
  if (!slot.present()) return 0;
  if (!slot.value().is_array()) return units_in(slot.value());
  double units = 0;
  for (const JsonValue entry : slot.array()) units += units_in(entry);
  return units;
}

}  // namespace dynolith::odm
