// Select: which attributes of its items a Query or Scan returns.
#pragma once

#include <cstdint>

#include "api/request/constraints.h"
#include "storage/engine/table.h"
#include "storage/expression/condition.h"
#include "storage/expression/projection.h"

namespace dynolith::api {

enum class Select : uint8_t { kDefault, kAllAttributes, kAllProjected, kSpecific, kCount };

void check_select_value(Constraints& constraints, const Slot& slot);
Select select_of(const Slot& slot);  // Needs: it passed the check.

// How a request says which attributes it wants.
enum class ProjectionStyle : uint8_t { kNone, kExpression, kAttributesToGet };

// Select against the rest of the request. Errors: kValidation, scope kRequest.
Result<void> check_select(Select select, ProjectionStyle projection, bool has_index);

// What is read against what the index holds. `projection` and `filter` may be null, `index` too.
// Yields whether items must be fetched from the base table (local indexes only).
// Errors (kValidation): a global index does not hold what is asked for.
Result<bool> check_index_attributes(const storage::Index* index, Select select,
                                    const storage::Projection* projection,
                                    const storage::Condition* filter);

}  // namespace dynolith::api
