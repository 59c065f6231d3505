// Which stretches of a table or index a WHERE clause needs read, and which single item it names.
#pragma once

#include <optional>
#include <vector>

#include "api/partiql/statement.h"
#include "storage/engine/table.h"
#include "storage/expression/key_condition.h"
#include "storage/result.h"

namespace dynolith::api::partiql {

inline constexpr size_t kPartitionsMax = 50;  // That one WHERE clause may name.

struct KeyReads {
  bool is_scan = false;
  // Unless it is a Scan: read one after the other; no two cover the same item. None: nothing can
  // satisfy the clause.
  std::vector<storage::KeyCondition> queries;
  bool forward = true;
  // What the items read must still satisfy.
  std::optional<storage::Condition> filter;
};

// `where` is used up. Without a value for the partition key (or an IN or OR of some) it is a Scan.
// `index` may be null: the table itself.
// Errors (kValidation): values that a key cannot have, too many of them, conditions on the sort key
// that overlap, an ORDER BY that the keys cannot serve.
storage::Result<KeyReads> plan_reads(const storage::Table& table, const storage::Index* index,
                                     std::optional<storage::Condition> where,
                                     const std::vector<OrderKey>& order);

// The key that equalities in `where` pin, as an item of just the key attributes; what they said is
// taken out of `where`, which is left empty if nothing else was said.
// Errors (kValidation): "Where clause does not contain a mandatory equality on all key attributes".
storage::Result<storage::EncodedItem> take_key(const storage::KeySchema& keys,
                                               std::optional<storage::Condition>& where);

}  // namespace dynolith::api::partiql
