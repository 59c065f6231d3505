// What a table may look like: every rule of CreateTable, in the service's words and order.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/result.h"
#include "storage/value/table_schema.h"

namespace dynolith::storage {

// Checks a whole definition. Errors: kValidation; scope kRequest for the constraints on single
// members (names, counts), which the service words "Value '<v>' at '<path>' failed to ...", else
// kTable.
Result<void> check_table_definition(const TableDefinition& definition);

// The same, in two parts, for front ends that have checks of their own between the two.
Result<void> check_definition_members(const TableDefinition& definition);
Result<void> check_definition_rules(const TableDefinition& definition);

// A key schema as the wire lists it. A KeySchema cannot hold an element out of order or in too many
// roles, so a front end that decodes a list checks it before it makes one.
enum class KeyRole : uint8_t { kPartition, kSort };  // HASH, RANGE.
struct KeyElement {
  std::string_view name;
  KeyRole role = KeyRole::kPartition;
};
enum class SchemaOf : uint8_t { kTable, kLocalIndex, kGlobalIndex };
// Errors: kValidation. `index_name` is for the messages; empty for a table.
Result<void> check_key_elements(SchemaOf of, std::span<const KeyElement> elements,
                                std::string_view index_name = {});
Result<void> check_elements_defined(std::span<const KeyElement> elements,
                                    const std::vector<KeyAttribute>& definitions);

// Parts of check_definition_rules, for front ends that decode a definition piece by piece: each
// piece's errors come before those of the next.
Result<void> check_table_key(const TableDefinition& definition, bool has_indexes);
Result<void> check_index_key(const TableDefinition& definition, const IndexDefinition& index);
Result<void> check_last_index(const TableDefinition& definition);  // Of definition.indexes.
Result<void> check_index_count(const TableDefinition& definition, IndexKind kind);

// The attribute definitions that `definition`'s keys need, in the order of their first use. For
// programs that state types with the keys and need no other order.
std::vector<KeyAttribute> attribute_definitions_of(const TableDefinition& definition);

}  // namespace dynolith::storage
