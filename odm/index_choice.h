// Which index answers a condition: for entity.find().where(...).
//
// The table and every index that holds whole items are candidates; one can answer if the condition
// says, at its top level, what each member of the partition key equals. Of several, that is taken
// which narrows most: more members of the sort key equal, then one more compared. Only =, <, <=, >,
// >=, between and begins_with move to the key; <>, in, contains and the like stay a filter, and so
// does what the key does not decide exactly.
//
// Threads: any, no state.
#pragma once

#include <vector>

#include "odm/range_core.h"

namespace dynolith::odm {

struct IndexChoice {
  bool is_scan = false;  // None can, and the search allows to read everything.
  const IndexSchema* index = nullptr;
  KeyPlan keys = {};
  ConditionCore rest = {};  // The filter.
};
// Errors: kBadRequest, if none can: the message says what each would need.
Result<IndexChoice> choose_index(const RangeCore& core);

// The parts that must all hold; the condition itself if it is not of that kind.
std::vector<ConditionCore> clauses_of(const ConditionCore& condition);

}  // namespace dynolith::odm
