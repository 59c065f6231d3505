// Which operands an operator or function takes, in the service's words; those that name a document
// path may be of any type. Errors: kValidation, scope kRequest, without "Invalid ...Expression: ".
//
// Threads: any, no state. Need: no operand is an empty value.
#pragma once

#include "storage/expression/condition.h"
#include "storage/expression/key_condition.h"
#include "storage/expression/update.h"
#include "storage/result.h"

namespace dynolith::odm {

// What stands at a node of a condition; of And, Or and Not nothing, their parts are checked alone.
storage::Result<void> check_operands(const storage::Condition& condition);

// What an action of an update computes or is given.
storage::Result<void> check_operands(const storage::UpdateAction& action);

storage::Result<void> check_operands(const storage::KeyClause& clause);

}  // namespace dynolith::odm
