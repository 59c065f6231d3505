// Checks of key attributes that several parts of the engine share. The public ones (key_of_item,
// key_of_key_parameter, check_index_keys) are declared in storage/database.h.
#pragma once

#include <string>
#include <vector>

#include "storage/engine/table.h"
#include "storage/result.h"

namespace dynolith::storage {

inline constexpr char kKeyMismatch[] = "The provided key element does not match the schema";

// Calls `visit(attribute)` with each key attribute, partition first, until it returns false; says
// whether it never did.
template <class Visit>
bool all_key_attributes(const KeySchema& schema, Visit&& visit) {
  for (const KeyAttribute& attribute : schema.partition)
    if (!visit(attribute)) return false;
  for (const KeyAttribute& attribute : schema.sort)
    if (!visit(attribute)) return false;
  return true;
}

inline size_t key_attribute_count(const KeySchema& schema) {
  return schema.partition.size() + schema.sort.size();
}

// Whether `item` has every key attribute, of the right type.
bool has_key(const KeySchema& schema, const ItemView& item);

// Whether `item` has every key attribute with a value that a key of an index may have.
bool can_be_key(const KeySchema& schema, const ItemView& item);

// The index keys of an updated item, as check_index_keys does, but for indexes whose key the update
// left alone: an item older than an index may have an attribute that cannot be a key of it, and is
// not in it then.
Result<void> check_updated_index_keys(const Table& table, const ItemView& before,
                                      const ItemView& after);

// Empty and over-long values of a table's key. Needs: has_key().
Result<void> check_key_values(const KeySchema& schema, const ItemView& item);

// Names of the attributes that say where a read stands: the table's key and the index's (if any);
// sorted, each once.
std::vector<std::string> position_attributes(const Table& table, const Index* index);

}  // namespace dynolith::storage
