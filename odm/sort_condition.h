// From members to key conditions: the keys that a query reads, so that it never reads outside of
// what the model writes, and what must be looked at besides because the order of composed texts is
// not that of their members.
//
// "ORDER#{date}#{number:08}" with date >= "2026-01" becomes a BETWEEN from "ORDER#2026-01" to the
// greatest text that begins with "ORDER#". Where a member's value could sort behind the separator
// ("x!" and "x" before '#'), the range holds all that may fit, and a MemberTest drops the rest.
//
// Members are compared as the key writes them: in its letter case, padded ones as numbers.
// Threads: values, no state.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "odm/member_value.h"
#include "odm/object.h"
#include "storage/expression/key_condition.h"

namespace dynolith::odm {

// On the first member of the sort key that is not given. Operands in stored form.
struct SortCondition {
  storage::KeyOperator op = storage::KeyOperator::kEqual;
  EncodedValue value;
  std::optional<EncodedValue> second = {};  // kBetween.
};

// A member's text held against operands.
struct MemberTest {
  std::string key_attribute;  // The composed one.
  std::string stored_name;    // The member's own.
  KeyPattern::Member member;
  size_t begin = 0;  // Of the member in the composed text, if its own attribute is not there.
  storage::KeyOperator op = storage::KeyOperator::kEqual;
  std::string low, high;  // The operand; of kBetween both.

  bool holds(const ItemView& item) const;
};

// The key attributes of what is read: the table or an index.
struct RangeKeys {
  std::vector<const KeyPart*> partition, sort;
  std::string name;  // For errors: "the table", "index \"by_email\"".

  bool has(std::string_view attribute) const;
};
// `index` null: the table. Need: a schema without error.
RangeKeys range_keys(const Schema& schema, const IndexSchema* index);

struct KeyPlan {
  std::vector<storage::KeyClause> clauses;
  std::vector<MemberTest> tests;
  bool is_empty = false;     // No key can satisfy it.
  bool has_literal = false;  // The sort key's condition begins with literal text of the model.
};

// `given`: all members of the partition key, then leading members of the sort key. Errors: kBadKey
// (a member is missing, left over, or has no place in a key; nothing is left for the condition; its
// operand does not fit), kBadRequest (bounds in the wrong order).
Result<KeyPlan> plan_keys(const Schema& schema, const RangeKeys& keys,
                          std::span<const MemberValue> given, const SortCondition* condition);

// The member that a sort condition would be on; null: all are given. A position in
// Schema::attributes otherwise.
std::optional<size_t> next_member(const RangeKeys& keys, std::span<const MemberValue> given);

}  // namespace dynolith::odm
