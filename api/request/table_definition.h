// What CreateTable (and whatever else makes a table) is asked for, from the request to a
// definition.
//
// What can be seen in the definition alone is checked by the engine when the table is made; here is
// what gets lost on the way there: members that are missing or ill-formed, the order of key schema
// elements, keys without a definition, and settings that contradict each other.
#pragma once

#include <string_view>

#include "api/json/input_shapes.h"
#include "api/request/constraints.h"
#include "storage/value/table_schema.h"

namespace dynolith::api {

// Adds what is wrong with single members.
void check_table_members(Constraints& constraints, const Members<CreateTableInput>& request);

// Needs: members that check_table_members() found nothing wrong with; `name` is the table's, bare.
// Errors: kValidation.
Result<storage::TableDefinition> decode_table_definition(const Members<CreateTableInput>& request,
                                                         std::string_view name,
                                                         std::string_view region);

// An element of a list of structures, which may be null.
template <class Structure>
Members<Structure> structure_of(const JsonValue& element) {
  return element.is_null() ? Members<Structure>() : read_structure<Structure>(object_of(element));
}

// A member that is a structure and may be absent.
template <class Structure>
Members<Structure> structure_in(const Slot& slot) {
  return slot.present() ? read_structure<Structure>(slot.object()) : Members<Structure>();
}

}  // namespace dynolith::api
