// Key conditions: which stretch of an item collection a Query reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/encoding/key_encoding.h"
#include "storage/result.h"

namespace dynolith::storage {

enum class KeyOperator : uint8_t {
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kBeginsWith
};

// One condition on one attribute, not yet held against a table.
struct KeyClause {
  std::string attribute;
  KeyOperator op = KeyOperator::kEqual;
  EncodedValue value;                  // S, N or B.
  std::optional<EncodedValue> second;  // kBetween: the upper bound.
};

// Held against a table's or index's keys.
struct KeyCondition {
  std::vector<EncodedValue> partition;  // In the order of the key schema.
  std::vector<EncodedValue> sort_equals;
  std::optional<KeyClause> sort_range;  // On the sort attribute after those; never kEqual.
};

// The part of a table or index that one of several parallel scans reads.
struct ScanSegment {
  uint32_t segment = 0;
  uint32_t total = 1;
};

// Errors (kValidation, kTable scope), in the service's words: missing key, operator not supported
// on the partition key, type does not match the schema, too many conditions, and the two rules of
// multi-attribute keys. `clauses` in the order they were written.
Result<KeyCondition> bind_key_condition(const KeySchema& keys, std::vector<KeyClause> clauses);

// The keys that satisfy the condition.
KeyRange key_range(const KeyCondition& condition, TableId table, IndexId index);

// Whether one item (having all key attributes) satisfies the sort part; used on start keys.
bool satisfies_sort(const KeyCondition& condition, const KeySchema& keys, const ItemView& item);

}  // namespace dynolith::storage
