// Expected, QueryFilter, ScanFilter and KeyConditions: the conditions from before there were
// expressions, as the same trees that expressions become.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/request/conditional_operator.h"
#include "api/request/constraints.h"
#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"

namespace dynolith::api {

// nullopt: no condition. Errors (kValidation, kRequest), also for a ConditionalOperator that has
// not two conditions to join.
Result<std::optional<storage::Condition>> legacy_filter(const Slot& filter, const Slot& op,
                                                        Wording wording);
Result<std::optional<storage::Condition>> legacy_expected(const Slot& expected, const Slot& op,
                                                          Wording wording);

// Needs: key_conditions.present(). Errors: kValidation, kRequest.
Result<std::vector<storage::KeyClause>> legacy_key_clauses(const Slot& key_conditions,
                                                           Wording wording);

}  // namespace dynolith::api
