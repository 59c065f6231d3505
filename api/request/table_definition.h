// What CreateTable (and whatever else makes a table) is asked for, from the request to a
// definition.
//
// What can be seen in the definition alone is checked by the engine when the table is made; here is
// what gets lost on the way there: members that are missing or ill-formed, the order of key schema
// elements, keys without a definition, and settings that contradict each other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json/input_shapes.h"
#include "api/request/constraints.h"
#include "storage/value/table_schema.h"

namespace dynolith::api {

// Adds what is wrong with single members.
void check_table_members(Constraints& constraints, const Members<CreateTableInput>& request);

// The same for a list of tags.
void check_tags(Constraints& constraints, const Slot& slot);

// Needs: members that check_table_members() found nothing wrong with; `name` is the table's, bare.
// Errors: kValidation.
Result<storage::TableDefinition> decode_table_definition(const Members<CreateTableInput>& request,
                                                         std::string_view name,
                                                         std::string_view region);

// The parts of these that UpdateTable shares.
void check_attribute_definitions(Constraints& constraints, const Slot& slot);  // May be absent.
void check_global_index(Constraints& constraints, const Members<GlobalSecondaryIndexShape>& index,
                        const std::string& path);
void check_throughput(Constraints& constraints, const Slot& slot, const std::string& path);
void check_index_name(Constraints& constraints, const Slot& slot, const std::string& path);
void check_stream(Constraints& constraints, const Slot& slot);
void check_encryption(Constraints& constraints, const Slot& slot);
void check_table_class(Constraints& constraints, const Slot& slot);
void check_billing_mode(Constraints& constraints, const Slot& slot);
std::vector<storage::KeyAttribute> decode_attribute_definitions(const Slot& slot);
// The types of its keys are looked up in `definitions`; one without a definition gets some type, as
// the engine will find out.
Result<storage::IndexDefinition> decode_global_index(
    const Members<GlobalSecondaryIndexShape>& members,
    const std::vector<storage::KeyAttribute>& definitions);
std::optional<storage::Throughput> decode_throughput(const Slot& slot);

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
