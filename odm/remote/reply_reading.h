// How replies are read: one pass that checks the types of all that is named, then access by member.
// For the sources that parse replies only.
#pragma once

#include <string>
#include <string_view>

#include "api/json/reader.h"
#include "api/json/shape.h"
#include "odm/result.h"
#include "storage/result.h"

namespace dynolith::odm {

using api::JsonArray;
using api::JsonObject;
using api::JsonValue;
using api::Members;
using api::Slot;
using storage::EncodedItem;

// "The service sent a reply that makes no sense: ..."
Error malformed(std::string_view what);

// The body as an object. It lives until this thread reads the next reply. Errors: kInternal (not
// JSON, larger than kReplyBytesMax).
Result<JsonObject> read_json(std::string_view body);

// The members of a reply. Errors: those of read_json(), kInternal (a type does not fit).
template <class Output>
Result<Members<Output>> read_reply(std::string_view body) {
  const JsonObject object = TRY(read_json(body));
  Members<Output> members;
  const auto checked = api::check_types(object, Output::kMembers, members.slots());
  if (!checked.ok()) return malformed(checked.error().message);
  return members;
}

// An element of a checked list or map, which may still be null. Errors: kInternal.
Result<JsonObject> object_in(const JsonValue& value);

template <class Structure>
Result<Members<Structure>> structure_in(const JsonValue& value) {
  const JsonObject object = TRY(object_in(value));
  return api::read_structure<Structure>(object);
}

// Of a checked item. Errors: kInternal.
Result<EncodedItem> item_in(const JsonValue& value);
// The absent item if the member is.
Result<EncodedItem> item_in(const Slot& slot);

// Units of a ConsumedCapacity or of a list of them; 0 if nothing is said.
double capacity_in(const Slot& slot);

}  // namespace dynolith::odm
