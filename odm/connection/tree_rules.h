// What bound trees must satisfy before the engine walks them: the service's static rules, in its
// words, and the shape that the service's grammar gives them of itself (no empty AND, no missing
// operand, no depth without end). Trees are made by programs here, not by a parser.
//
// Errors: kValidation, scope kRequest, as "Invalid ConditionExpression: ...".
// Threads: any, no state.
#pragma once

#include <string_view>
#include <vector>

#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/projection.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::odm {

// `parameter`: "ConditionExpression" or "FilterExpression".
storage::Result<void> check_condition(const storage::Condition& condition,
                                      std::string_view parameter);
storage::Result<void> check_update(const storage::Update& update);
storage::Result<void> check_projection(const storage::Projection& projection);
storage::Result<void> check_key_clauses(const std::vector<storage::KeyClause>& clauses);

}  // namespace dynolith::odm
